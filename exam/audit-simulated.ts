import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSimulatorConfig, type SimulatorConfigInput } from '../simulator/config';
import { startSimulator } from '../simulator/server';
import { openGateway } from '../src/adapters/gateway/gateway-http';
import { openMeter } from '../src/adapters/meter/open-meter';
import { createApp } from '../src/app';
import { version } from '../src/app/version';
import { checks as builtChecks } from '../src/audit/checks';
import type { CheckName } from '../src/audit/declaration';
import type { ReadMeter } from '../src/audit/meter-reading';
import type { CounterCharges, LastCharge } from '../src/audit/ports';
import type { Report } from '../src/audit/report';
import type { OpenGateway } from '../src/audit/running/open-gateway';
import type { Verdict } from '../src/audit/verdict';
import type { SendProbe } from '../src/probe/gateway';
import { sdkOnAClock } from './sdk-on-a-clock';
import { virtualClock } from './virtual-clock';

/** A customer as the gateway treats it and as it was sold; both honest and the same where nothing is said. */
export interface SimulatedCustomer {
  readonly id: string;
  readonly tokensPerMinute: number;
  readonly limiter: 'sliding-window' | 'token-bucket' | 'fixed-window';
  /** The customer's own, as configured, where absent. */
  readonly checks?: readonly CheckName[];
  /** More of it in the simulator's configuration. */
  readonly simulated?: Partial<SimulatorConfigInput['customers'][number]>;
  /** More of what was sold, in the auditor's. */
  readonly customer?: object;
  readonly gateway?: object;
  /** Its gateway declares the simulator's own meter. */
  readonly isMetered?: boolean;
}

/** What a whole simulated gateway is like, beside its customers. */
export type SimulatedGateway = Omit<Partial<SimulatorConfigInput>, 'customers'>;

/**
 * Audits customers of one simulated gateway side by side, over real HTTP, and answers their reports. Simulator and app
 * share one clock, and its time passes only while every probe that was sent waits inside the simulator: an audit of two
 * minutes takes as long as its bytes need, and a slow machine cannot make any exchange look late.
 */
export async function auditSimulated(
  customers: readonly SimulatedCustomer[],
  simulated: SimulatedGateway = {},
): Promise<readonly Report[]> {
  let underWay = 0;
  let asleep = 0;
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12, 0, 7), () => underWay === asleep);
  const simulator = await startSimulator({
    config: parseSimulatorConfig({ ...simulated, customers: customers.map(toSimulatorCustomer) }),
    port: 0,
    clock: {
      nowMs: clock.nowMs,
      async wait(ms) {
        asleep += 1;
        await clock.sleepUntil(clock.nowMs() + ms);
        asleep -= 1;
      },
    },
  });

  async function whileUnderWay<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    underWay += 1;
    try {
      return await ask();
    } finally {
      underWay -= 1;
    }
  }

  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-exam-'));
  const configLocation = join(folder, 'audit.config.json');
  writeFileSync(
    configLocation,
    JSON.stringify({
      gateways: customers.map((customer) => toGateway(customer, simulator.url)),
      customers: customers.map(toCustomer),
    }),
  );
  const openReal: OpenGateway = ({ customer, gateway }) => {
    const real = openGateway({
      declared: gateway,
      auditedCustomerId: customer.id,
      keyOf,
      version,
      clock,
    });
    const send: SendProbe = (order) => whileUnderWay(() => real.send(order));
    const readMeter = openMeter(gateway.meter, clock);
    const metered = readMeter && {
      readMeter: ((window, signal) => whileUnderWay(() => readMeter(window, signal))) satisfies ReadMeter,
    };
    // The real SDK waits by a clock of its own.
    return { close: real.close, send, callSdk: sdkOnAClock(send, clock), ...metered };
  };
  try {
    const settings = Object.fromEntries(customers.map(({ id }) => [settingOf(id), keyOf(id)]));
    const parts = { clock, gatewayOpener: () => openReal, openCharges: chargesInMemory, randomBytes: sameBytes() };
    const app = await createApp(settings, { configLocation, parts });
    const wanted = app.config.customers.flatMap(({ id, checks }) => {
      const asked = customers.find((customer) => customer.id === id)?.checks ?? checks;
      return asked.filter((check) => check in builtChecks).map((check) => ({ customerId: id, check }));
    });
    return await app.audit(wanted, { trigger: 'cli', parallel: customers.length, store: false });
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What somebody was blamed for, as `check/rule`, in alphabetical order. */
export function failedRules(reports: readonly Report[]): readonly string[] {
  return rulesWith('fail', reports);
}

/** The rules that were judged so, as `check/rule`, in alphabetical order. */
export function rulesWith(wanted: Verdict, reports: readonly Report[]): readonly string[] {
  const rules = reports.flatMap(({ check, findings }) =>
    findings.filter(({ verdict }) => verdict === wanted).map(({ rule }) => `${check}/${rule}`),
  );
  return rules.toSorted();
}

function toSimulatorCustomer({ id, tokensPerMinute, limiter, simulated }: SimulatedCustomer) {
  return { id, key: keyOf(id), tokensPerMinute, limiter, ...simulated };
}

/** One gateway each in the declaration: two that use up limits never run at once on one. */
function toGateway({ id, limiter, gateway, isMetered }: SimulatedCustomer, url: string): object {
  return {
    id: `on-${id}`,
    endpoint: `${url}/aoai`,
    deployment: 'gpt-4o',
    apiVersion: '2024-10-21',
    headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
    limiter,
    ...(isMetered && { meter: { kind: 'http', url: `${url}/__meter`, settleAfter: 'PT1M' } }),
    ...gateway,
  };
}

function toCustomer({ id, tokensPerMinute, customer }: SimulatedCustomer): object {
  const key = { setting: settingOf(id) };
  return { id, gateway: `on-${id}`, tokensPerMinute, key, dedicated: true, ...customer };
}

function keyOf(id: string): string {
  return `key-of-${id}`;
}

function settingOf(id: string): string {
  return `KEY_${id}`;
}

/** Instead of drawn ones: audits draw what they ask from their ids, and one exam is to be like the other. */
function sameBytes(): (count: number) => Uint8Array {
  let drawn = 0;
  return (count) => {
    drawn += 1;
    return createHash('sha256').update(String(drawn)).digest().subarray(0, count);
  };
}

function chargesInMemory(): CounterCharges {
  const last = new Map<string, LastCharge>();
  return {
    last: async (counter) => last.get(counter) ?? null,
    record: async (counter, charge) => {
      last.set(counter, charge);
    },
  };
}
