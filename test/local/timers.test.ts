import { azuriteConnectionString } from '../azurite';
import { createManualClock } from './manual-clock';
import { type SampleHost, sampleKey, startSampleHost, stopSampleHosts, until } from './sample-host';

const noon = Date.UTC(2026, 10, 22, 12);
const clock = createManualClock(noon);
let host: SampleHost;

beforeAll(async () => {
  const settings = { AzureWebJobsStorage: await azuriteConnectionString(), SCHEDULE: '0 0 * * *' };
  host = await startSampleHost({ app: 'timers.js', settings, more: { clock } });
});
afterAll(stopSampleHosts);

async function runByHand(name: string): Promise<number> {
  const init = { method: 'POST', headers: { 'x-functions-key': sampleKey } };
  return (await host.request(`/admin/functions/${name}`, init)).status;
}

function timersOf(name: string): unknown[] {
  return host.said(name).map((line) => JSON.parse(line));
}

test('runOnStartup runs once, and the schedule status of a first run has never run before', async () => {
  await until(() => host.said('at-startup').length);
  expect(timersOf('at-startup')).toEqual([
    {
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '0001-01-01T00:00:00+00:00',
        next: '2027-01-01T03:00:00.000+00:00',
        lastUpdated: '2026-11-22T12:00:00.000+00:00',
      },
      isPastDue: false,
    },
  ]);
});

test('a schedule of five fields comes from a setting', async () => {
  expect(host.index.errors).toEqual([]);
  expect(await runByHand('hourly')).toBe(202);
  await until(() => host.said('hourly').length);
  expect(timersOf('hourly')).toMatchObject([{ scheduleStatus: { next: '2026-11-23T00:00:00.000+00:00' } }]);
});

test.each(['unmonitored', 'every-ten-seconds'])('%s has no monitor, so its schedule status is null', async (name) => {
  expect(await runByHand(name)).toBe(202);
  await until(() => host.said(name).length);
  expect(timersOf(name)[0]).toEqual({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false });
});

test('a retry policy tries again, and says which try it is from the first on', async () => {
  expect(await runByHand('retried')).toBe(202);
  await until(() => host.said('retried').length === 3);
  expect(timersOf('retried')).toEqual([
    { retryCount: 0, maxRetryCount: 2 },
    { retryCount: 1, maxRetryCount: 2, said: 'try 0' },
    { retryCount: 2, maxRetryCount: 2, said: 'try 1' },
  ]);
});

test('timers without a storage stop the start', async () => {
  const settings = { SCHEDULE: '0 0 * * *' };
  await expect(startSampleHost({ app: 'timers.js', settings })).rejects.toMatchObject({ code: 'setting-missing' });
});
