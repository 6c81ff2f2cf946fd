import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planStart } from '../../local/start-plan';

const gateway = { id: 'g', endpoint: 'http://127.0.0.1:1/aoai', deployment: 'd', apiVersion: '2024-10-21' };

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'start-plan-'));
  const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  write('audit.config.example.json', { gateways: [gateway], customers: [aCustomer('contoso', 'CONTOSO_KEY')] });
  write('real.json', { gateways: [gateway], customers: [aCustomer('acme', 'ACME_KEY')] });
  write('simulator.config.example.json', {
    deployments: [{ name: 'd' }],
    backends: [{ id: 'b', region: 'r', tokensPerMinute: 1000 }],
    customers: [{ id: 'contoso', key: 'simulated', tokensPerMinute: 100 }],
  });
  return folder;
}

function aCustomer(id: string, setting: string): object {
  return { id, gateway: 'g', key: { setting }, tokensPerMinute: 100 };
}

test('the demo is audited with the simulator, whose keys stand over real ones', () => {
  const folder = aFolder();
  const plan = planStart({ config: null, simulator: true }, folder, {
    CONTOSO_KEY: 'real',
    OTHER: 'kept',
    AUDIT_CONFIG: 'x',
  });
  const path = join(folder, 'audit.config.example.json');
  expect(plan.settings).toEqual({ CONTOSO_KEY: 'simulated', OTHER: 'kept', AUDIT_CONFIG: path });
  expect(plan.configPath).toBe(path);
  expect(plan.simulators.map(({ customers }) => customers.map(({ id }) => id))).toEqual([['contoso']]);
});

test('without the simulator a real gateway is audited with the settings as they are', () => {
  const folder = aFolder();
  const plan = planStart({ config: 'real.json', simulator: false }, folder, { ACME_KEY: 'real' });
  expect(plan.settings).toEqual({ ACME_KEY: 'real', AUDIT_CONFIG: join(folder, 'real.json') });
  expect(plan.simulators).toEqual([]);
});

test('without --config and simulator the setting AUDIT_CONFIG says what is audited', () => {
  const folder = aFolder();
  const plan = planStart({ config: null, simulator: false }, folder, { AUDIT_CONFIG: 'real.json', ACME_KEY: 'real' });
  expect(plan.config.customers.map(({ id }) => id)).toEqual(['acme']);
});

test.each([
  ['a file that is not there', 'absent.json', 'config-unreadable', []],
  ['a key that is no setting', 'real.json', 'config-invalid', [expect.stringContaining('ACME_KEY')]],
])('%s stops the start', (_, config, code, problems) => {
  const folder = aFolder();
  const plan = (): unknown => planStart({ config, simulator: false }, folder, {});
  expect(plan).toThrow(
    expect.objectContaining({ code, details: expect.objectContaining(problems.length ? { problems } : {}) }),
  );
});

test('a configuration at an address is not for npm start', () => {
  const settings = { AUDIT_CONFIG: 'https://account.blob.core.windows.net/c/audit.json' };
  expect(() => planStart({ config: null, simulator: false }, aFolder(), settings)).toThrow(
    expect.objectContaining({ code: 'bad-usage' }),
  );
});
