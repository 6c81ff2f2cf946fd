import { auditSimulated, failedRules, type SimulatedCustomer } from '../../exam/audit-simulated';
import { customerFaults, faults, gatewayFaults } from '../../simulator/faults';
import { plantedOnCustomers, seenElsewhere } from '../../simulator/faulty-customers';
import { plantedOnGateways } from '../../simulator/faulty-gateways';
import { checks } from '../../src/audit/checks';
import type { CheckName } from '../../src/audit/declaration';
import type { Report } from '../../src/audit/report';

/* Every planted fault is caught, over real HTTP, by exactly the rules that it breaks. */
jest.setTimeout(60_000);

/** No jitter: who answers first must not depend on how busy this machine is. */
const evenLatency = { jitterMs: 0 };
const tokensPerMinute = 10_000;

const isBuilt = (rule: string) => (rule.split('/')[0] ?? '') in checks;
// What is wrong with a meter is seen where it is the customer's own: in the exam.
const customerRows = plantedOnCustomers
  .filter(({ fails, isMetered }) => isMetered !== true && fails.every(isBuilt))
  .flatMap((planted) =>
    (planted.limiters ?? ['sliding-window', 'token-bucket']).map((limiter) => ({ planted, limiter })),
  )
  .map(({ planted, limiter }, at) => ({ ...planted, limiter, id: `customer-${at}`, title: titleOf(planted.fault) }));
const gatewayRows = plantedOnGateways
  .filter(({ fails }) => fails.every(isBuilt))
  .map((planted) => ({ ...planted, title: titleOf(planted.fault) }));

describe('of one customer', () => {
  let reports: readonly Report[];
  beforeAll(async () => {
    reports = await auditSimulated(customerRows.map(toCustomer), { latency: evenLatency });
  });

  test.each(customerRows)('$limiter, $title: fails $fails', ({ id, fails }) => {
    expect(failedRules(reports.filter(({ customerId }) => customerId === id))).toEqual(fails);
  });

  test('nothing was late: while bytes are on their way, time stands still', () => {
    const lateMs = reports.flatMap(({ summary }) => (summary.lateMs === null ? [] : [summary.lateMs.p99]));
    expect(Math.max(...lateMs)).toBe(0);
  });
});

describe('of a whole gateway', () => {
  test.each(gatewayRows)('$title: fails $fails', async ({ fault, fails, simulated, gateway, customer }) => {
    const audited = { id: 'contoso', tokensPerMinute, limiter: 'sliding-window' as const, checks: checksIn(fails) };
    const reports = await auditSimulated([{ ...audited, gateway: gateway ?? {}, customer: customer ?? {} }], {
      ...simulated,
      latency: evenLatency,
      faults: [fault],
    });
    expect(failedRules(reports)).toEqual(fails);
  });
});

test('every fault of the table is planted here, as soon as its check is built', () => {
  const planted = [...plantedOnCustomers, ...plantedOnGateways].map(({ fault }) => fault.name);
  const findable = faults.filter(({ rule }) => rule === null || isBuilt(rule)).map(({ name }) => name);
  expect(findable.filter((name) => !planted.includes(name) && !seenElsewhere.includes(name))).toEqual([]);
});

test('each is caught by the rule that the table of faults names, or it is said why not', () => {
  const ruleOf = (name: string) => [...customerFaults, ...gatewayFaults].find((fault) => fault.name === name)?.rule;
  const otherwise = [...plantedOnCustomers, ...plantedOnGateways].filter(({ fault, fails, ...more }) => {
    const rule = ruleOf(fault.name) ?? null;
    const isFound = rule === null ? fails.length === 0 : fails.includes(rule);
    return !isFound && !('insteadBecause' in more);
  });
  expect(otherwise).toEqual([]);
});

function toCustomer(row: (typeof customerRows)[number]): SimulatedCustomer {
  const { id, limiter, fault, fails, simulated, customer, gateway } = row;
  return {
    id,
    limiter,
    tokensPerMinute,
    simulated: { ...simulated, faults: [fault] },
    customer: customer ?? {},
    gateway: gateway ?? {},
    ...(fails.length > 0 && { checks: checksIn(fails) }),
  };
}

function checksIn(rules: readonly string[]): readonly CheckName[] {
  const names = new Set(rules.map((rule) => rule.split('/')[0]));
  return Object.values(checks)
    .map(({ name }) => name)
    .filter((name) => names.has(name));
}

function titleOf({ name, ...parameters }: { readonly name: string }): string {
  return [name, ...Object.entries(parameters).map(([key, value]) => `${key} ${String(value)}`)].join(', ');
}
