/*
 * What the Functions host is told when it loads the app: the real library, and in the place of the module that exists
 * only inside the platform's worker one that takes notes.
 */
interface Registered {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const mockRegistered: Registered[] = [];

jest.mock(
  '@azure/functions-core',
  () => ({
    version: '3.14.1',
    hostVersion: '4.1052.0',
    Disposable: class {
      dispose() {}
    },
    setProgrammingModel() {},
    registerHook: () => ({ dispose() {} }),
    registerFunction(metadata: Registered) {
      mockRegistered.push(metadata);
      return { dispose() {} };
    },
  }),
  { virtual: true },
);

beforeAll(() => {
  process.env.AUDIT_STORAGE = 'UseDevelopmentStorage=true';
  jest.requireActual('../../src/functions/main');
});
afterAll(() => {
  delete process.env.AUDIT_STORAGE;
});

function triggersOf(type: string) {
  return mockRegistered.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter((binding) => binding.type === type)
      .map((binding): Readonly<Record<string, unknown>> => ({ ...binding, function: name })),
  );
}

const aGuid = '0192f0c1-0000-7000-8000-000000000001';
const guidPattern = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const sampleOf = (route: string) =>
  route.replace('{id}', 'contoso').replace('{auditId:guid}', aGuid).replace('{*file}', 'main.js');
const patternOf = (route: string) =>
  new RegExp(
    `^${route.replace('{auditId:guid}', guidPattern).replace('{id}', '[^/]+').replace('{*file}', '.*')}$`,
    'i',
  );

test("every route has a function of its own, and only health and the page's files are open to anyone", () => {
  const routes = triggersOf('httpTrigger').map((trigger) => {
    const { function: name, methods, route, authLevel } = trigger;
    return [name, `${methods} ${route}`, authLevel];
  });
  expect(routes.toSorted()).toEqual([
    ['audit', 'GET customers/{id}/audits/{auditId:guid}', 'function'],
    ['audit-diff', 'GET customers/{id}/audits/{auditId:guid}/diff', 'function'],
    ['audit-start', 'POST customers/{id}/audits', 'function'],
    ['audits', 'GET customers/{id}/audits', 'function'],
    ['audits-export', 'GET customers/{id}/audits/export', 'function'],
    ['customers', 'GET customers', 'function'],
    ['dashboard', 'GET,HEAD dashboard/{*file}', 'anonymous'],
    ['health', 'GET health', 'anonymous'],
    ['integrity', 'GET customers/{id}/integrity', 'function'],
    ['limits', 'GET customers/{id}/limits', 'function'],
    ['limits-refresh', 'POST customers/{id}/limits/refresh', 'function'],
    ['metrics', 'GET metrics', 'function'],
    ['openapi', 'GET openapi.json', 'function'],
    ['report', 'GET customers/{id}/report', 'function'],
    ['usage', 'GET customers/{id}/usage', 'function'],
  ]);
});

test('no request fits two routes, since the host would take the one whose function comes first by name', () => {
  const routes = triggersOf('httpTrigger').map(({ methods, route }) => `${methods} ${route}`);
  const fitting = routes.map((route) => routes.filter((other) => patternOf(other).test(sampleOf(route))));
  expect(fitting).toEqual(routes.map((route) => [route]));
});

test('jobs and alerts come from queues of the account that the settings name, poisoned ones from beside it', () => {
  expect(
    triggersOf('queueTrigger').map(({ function: name, queueName, connection }) => [name, queueName, connection]),
  ).toEqual([
    ['alert-poison', 'audit-alerts-poison', 'AUDIT_STORAGE'],
    ['alert-worker', 'audit-alerts', 'AUDIT_STORAGE'],
    ['audit-poison', 'audit-jobs-poison', 'AUDIT_STORAGE'],
    ['audit-worker', 'audit-jobs', 'AUDIT_STORAGE'],
  ]);
});

test('the timers plan and alert every minute, watch four times an hour, sign every hour, purge every six', () => {
  expect(triggersOf('timerTrigger').map(({ function: name, schedule }) => [name, schedule])).toEqual([
    ['alerts', '30 * * * * *'],
    ['digest', '0 0 * * * *'],
    ['dispatch', '0 * * * * *'],
    ['purge', '0 41 */6 * * *'],
    ['watch', '0 7,22,37,52 * * * *'],
  ]);
});

test("the names of functions are ones that the host takes, and no route begins like the host's own", () => {
  const names = mockRegistered.map(({ name }) => name);
  expect(names.filter((name) => !/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || name === 'host')).toEqual([]);
  expect(triggersOf('httpTrigger').filter(({ route }) => /^(admin|runtime)/.test(String(route)))).toEqual([]);
});
