import { execFileSync } from 'node:child_process';
import { type SampleHost, sampleKey, startSampleHost, stopSampleHosts, until } from './sample-host';

afterEach(stopSampleHosts);

async function started(host: SampleHost): Promise<{ starts: number; pid: number }> {
  return (await (await host.request('/api/started')).json()) as { starts: number; pid: number };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('an unhandled rejection ends the process of the app, fails what was in flight, and the app is started anew', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  const before = await started(host);
  const other = host.request('/api/waits');
  expect((await host.request('/api/dies')).status).toBe(500);
  expect((await other).status).toBe(500);

  const after = await started(host);
  expect(after.starts).toBe(1);
  expect(after.pid).not.toBe(before.pid);
  expect(isAlive(before.pid)).toBe(false);
  expect(host.entries.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('nobody handles this'),
      "The app's process ended (exit code 1); it is started anew.",
    ]),
  );
});

test('a call that takes longer than functionTimeout fails and costs the process, as on the platform', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js', hostJson: { functionTimeout: '00:00:01' } });
  const before = await started(host);
  expect((await host.request('/api/waits')).status).toBe(500);
  expect((await started(host)).pid).not.toBe(before.pid);
  expect(host.entries.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('Timeout value of 1000 ms exceeded by function: waits'),
  );
});

test('hooks may replace a handler, forgive an error and share data', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  expect(await (await host.request('/api/replaced')).text()).toBe('another handler');
  expect((await host.request('/api/forgiven')).status).toBe(204);
  await until(() => host.said('forgiven').length);
  expect(host.said('forgiven')).toEqual(['after, from the hook']);
});

test('context.log arrives at its level with function and invocation, after the log hooks', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js', settings: { GREETING: 'a setting' } });
  expect(await (await host.request('/api/logs')).text()).toBe('a setting');
  const own = host.entries.filter(({ category }) => category === 'Function.logs.User');
  expect(own.map(({ level, message }) => [level, message])).toEqual([
    ['trace', 'trace line'],
    ['debug', 'debug line'],
    ['information', 'info line'],
    ['warning', 'warn line'],
    ['error', 'error line'],
    ['information', 'rewritten'],
    ['information', 'after, from the hook'],
  ]);
  expect(new Set(own.map(({ invocationId }) => invocationId)).size).toBe(1);
});

test('a function can not be registered after the start', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  expect((await host.request('/api/registers-late')).status).toBe(500);
  expect((await host.request('/api/late')).status).toBe(404);
});

test('an app that throws while it is loaded stops the start, with its reason', async () => {
  await expect(startSampleHost({ app: 'broken.js' })).rejects.toThrow(/cannot be loaded: Error: broken at load/);
});

test('a main that matches nothing stops the start', async () => {
  await expect(startSampleHost({ app: 'no-such-file.js' })).rejects.toThrow(/Found zero files matching/);
});

test('an app that streams HTTP is refused, since this host does not', async () => {
  await expect(startSampleHost({ app: 'streaming.js' })).rejects.toThrow(/does not stream HTTP/);
});

test('an ES module is loaded too, and globs with braces', async () => {
  const host = await startSampleHost({ app: '{module.mjs,lifecycle.js}' });
  expect(await (await host.request('/api/from-module')).text()).toBe('an ES module');
  expect((await started(host)).starts).toBe(1);
});

test('stopping lets a running call finish, runs the terminate hooks and leaves no process', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  const { pid } = await started(host);
  const slow = host.request('/api/slow');
  await until(() => host.entries.some(({ function: name }) => name === 'slow'));
  await host.stop(2_000);
  expect(await (await slow).text()).toBe('done all the same');
  expect(isAlive(pid)).toBe(false);
  expect(host.entries.map(({ message }) => message)).toEqual(expect.arrayContaining(['said while loading']));
  await until(() => host.entries.some(({ message }) => message === 'said at the end'));
});

test('stopping does not wait longer than its grace for a call that never ends', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  const { pid } = await started(host);
  const endless = host.request('/api/waits');
  await until(() => host.entries.some(({ function: name }) => name === 'waits'));
  await host.stop(20);
  expect((await endless).status).toBe(500);
  expect(isAlive(pid)).toBe(false);
});

test('a port that is taken stops the start with a clear line and leaves no process', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  const children = (): string =>
    execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' });
  const workers = (): number =>
    children()
      .split('\n')
      .filter((line) => line.includes('worker.cjs')).length;
  const port = Number(new URL(host.address).port);
  await expect(startSampleHost({ app: 'lifecycle.js', more: { port } })).rejects.toMatchObject({
    code: 'bad-usage',
    message: `Cannot listen on port ${port}: it is taken; stop the other program or set PORT.`,
  });
  expect(workers()).toBe(1);
});

test('the admin API needs the key, and knows no HTTP functions', async () => {
  const host = await startSampleHost({ app: 'lifecycle.js' });
  const post = { method: 'POST', headers: { 'x-functions-key': sampleKey } };
  expect((await host.request('/admin/functions/started', { method: 'POST' })).status).toBe(401);
  expect((await host.request('/admin/functions/started', post)).status).toBe(404);
  expect((await host.request('/admin/functions/nobody', post)).status).toBe(404);
});
