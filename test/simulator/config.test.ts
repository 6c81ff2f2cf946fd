import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSimulatorConfig, SimulatorConfigError } from '../../simulator/config';
import { contoso } from './drive';

function problemsOf(raw: unknown): readonly string[] {
  try {
    parseSimulatorConfig(raw);
    return [];
  } catch (error) {
    if (error instanceof SimulatorConfigError) return error.problems;
    throw error;
  }
}

test.each<[string, unknown, readonly (string | RegExp)[]]>([
  ['no customers', { customers: [] }, [/^customers: /]],
  ['an unknown key', { customers: [contoso], limits: 1 }, [/"limits"/]],
  [
    'two problems at once',
    { customers: [{ id: 'a', key: '' }] },
    [/^customers.0.key: /, /^customers.0.tokensPerMinute: /],
  ],
  [
    'a fault that does not exist',
    { customers: [{ ...contoso, faults: [{ name: 'evil' }] }] },
    [/^customers.0.faults.0.name: no fault "evil" here; known: limit-factor, /],
  ],
  [
    'a wrong parameter',
    { customers: [{ ...contoso, faults: [{ name: 'limit-factor', factor: -1 }] }] },
    [/^customers.0.faults.0.factor: /],
  ],
  [
    'a parameter too many',
    { customers: [{ ...contoso, faults: [{ name: 'no-limit', factor: 1 }] }] },
    [/^customers.0.faults.0: .*"factor"/],
  ],
  [
    "a gateway's fault on a customer",
    { customers: [{ ...contoso, faults: [{ name: 'weights-ignored' }] }] },
    [/no fault/],
  ],
  [
    'two customers with one key',
    { customers: [contoso, { ...contoso, id: 'other' }] },
    ['customers.1.key: is also the key of contoso'],
  ],
  [
    'a pool with a member that does not exist',
    { customers: [contoso], backends: [{ id: 'a' }], pool: { members: [{ backend: 'b' }] } },
    ['pool.members: there is no backend "b"'],
  ],
  [
    'a fault that needs what is not there',
    { customers: [{ ...contoso, faults: [{ name: 'quota-factor' }] }], faults: [{ name: 'sticky' }] },
    ['customers.0.faults: quota-factor needs a quota', 'faults: sticky needs a pool'],
  ],
  [
    'a breaker with a wrong duration',
    { customers: [contoso], backends: [{ id: 'a', breaker: { tripDuration: '30s' } }] },
    [/^backends.0.breaker.tripDuration: "30s" is no ISO 8601 duration/],
  ],
])('refuses %s, naming the place', (_, raw, expected) => {
  expect(problemsOf(raw)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('the example is a valid configuration with healthy and faulty customers', () => {
  const raw: unknown = JSON.parse(readFileSync(join(__dirname, '../../simulator.config.example.json'), 'utf8'));
  expect(parseSimulatorConfig(raw).customers.map(({ id, faults }) => ({ id, faults }))).toEqual([
    { id: 'contoso', faults: [] },
    { id: 'northwind', faults: [{ name: 'limit-factor', factor: 2 }] },
    { id: 'fabrikam', faults: [{ name: 'retry-after-constant', seconds: 5, message: 'same' }] },
    { id: 'tailwind', faults: [] },
    { id: 'litware', faults: [{ name: 'meter-loses-streams' }] },
  ]);
});
