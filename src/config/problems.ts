import type { z } from 'zod';
import { describeIssue } from './describe-issue';
import { endpointProblem } from './endpoint';
import { customerSchema, type FileCustomer, type FileGateway, fileSchema, gatewaySchema } from './schema';

/** What of a part is right in itself can be compared with the rest of the file, whatever else is wrong with it. */
interface Part<Value> {
  readonly values: Readonly<Partial<Value>>;
  /** Keys that are there, but wrong; nothing more is said of them. */
  readonly wrong: ReadonlySet<string>;
}

interface Parts {
  readonly gateways: readonly Part<FileGateway>[];
  readonly customers: readonly Part<FileCustomer>[];
  readonly isSet: (setting: string) => boolean;
}

/**
 * Everything that is wrong with a configuration, each as `path: what`: first what is wrong in itself, then what doesn't
 * fit the rest of the file; empty if nothing is. `isSet` tells whether a setting that holds a key is there.
 */
export function problemsOf(json: unknown, isSet: (setting: string) => boolean): readonly string[] {
  const parsed = fileSchema.safeParse(json, { reportInput: true });
  const parts: Parts = {
    gateways: listOf(json, 'gateways').map((part) => partOf(gatewaySchema, part)),
    customers: listOf(json, 'customers').map((part) => partOf(customerSchema, part)),
    isSet,
  };
  return [
    ...(parsed.error?.issues ?? []).flatMap(describeIssue),
    ...duplicates('gateways', parts.gateways),
    ...duplicates('customers', parts.customers),
    ...parts.gateways.flatMap((gateway, index) => gatewayProblems(gateway).map((text) => `gateways[${index}].${text}`)),
    ...parts.customers.flatMap((customer, index) =>
      customerProblems(customer, parts).map((text) => `customers[${index}].${text}`),
    ),
  ];
}

function listOf(json: unknown, key: string): readonly unknown[] {
  const list = typeof json === 'object' && json !== null ? Reflect.get(json, key) : [];
  return Array.isArray(list) ? list : [];
}

function partOf<Schema extends z.ZodObject>(schema: Schema, json: unknown): Part<z.output<Schema>> {
  const given = typeof json === 'object' && json !== null ? json : {};
  const values: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [key, field] of Object.entries(schema.shape)) {
    const parsed = (field as z.ZodType).safeParse(Reflect.get(given, key));
    if (parsed.success) values[key] = parsed.data;
    else if (key in given) wrong.add(key);
  }
  // Each value has just been parsed by its own key's schema.
  return { values: values as Partial<z.output<Schema>>, wrong };
}

function duplicates(list: string, parts: readonly Part<{ readonly id: string }>[]): readonly string[] {
  const first = new Map<string, number>();
  return parts.flatMap(({ values }, index) => {
    const id = values.id?.toLowerCase();
    if (id === undefined) return [];
    const earlier = first.get(id);
    if (earlier !== undefined)
      return [`${list}[${index}].id: ${list}[${earlier}] has this id already (case is ignored)`];
    first.set(id, index);
    return [];
  });
}

function gatewayProblems({ values, wrong }: Part<FileGateway>): readonly string[] {
  const problems: string[] = [];
  const endpoint = values.endpoint === undefined ? null : endpointProblem(values.endpoint, values.api ?? 'v1');
  if (endpoint) problems.push(`endpoint: ${endpoint}`);
  if (values.api === 'deployments' && values.apiVersion === undefined && !wrong.has('apiVersion')) {
    problems.push('apiVersion: required with "api": "deployments"');
  }
  const members = values.pool?.members ?? [];
  members.forEach((member, index) => {
    const earlier = members.findIndex((other) => other.id === member.id);
    if (earlier < index) problems.push(`pool.members[${index}].id: pool.members[${earlier}] has this id already`);
  });
  for (const priority of new Set(members.map((member) => member.priority))) {
    if (members.every((member) => member.priority !== priority || member.weight === 0)) {
      problems.push(`pool.members: all weights of priority ${priority} are 0, so none of them would ever answer`);
    }
  }
  return problems;
}

function customerProblems(customer: Part<FileCustomer>, parts: Parts): readonly string[] {
  const { gateway: gatewayId, key } = customer.values;
  const gateway = parts.gateways.find(({ values }) => values.id !== undefined && values.id === gatewayId);
  const problems: string[] = [];
  if (gatewayId !== undefined && !gateway) problems.push(`gateway: no gateway has the id "${gatewayId}"`);
  if (key && !parts.isSet(key.setting)) problems.push(`key.setting: the setting ${key.setting} is not set`);
  if (gateway) problems.push(...promiseProblems(customer, gateway));
  return [...problems, ...isolationProblems(customer, parts)];
}

function promiseProblems(customer: Part<FileCustomer>, gateway: Part<FileGateway>): readonly string[] {
  const problems: string[] = [];
  const { key, alsoDeployments, checks } = customer.values;
  const { auth, deployment, meter } = gateway.values;
  if (!key && !customer.wrong.has('key') && auth && 'keyHeader' in auth) {
    problems.push(`key: required, because the gateway "${gateway.values.id}" asks for one`);
  }
  if (deployment !== undefined && alsoDeployments?.includes(deployment)) {
    problems.push(`alsoDeployments: "${deployment}" is the gateway's own deployment already`);
  }
  const needs = [
    { check: 'load-balance', isMissing: lacks(gateway, 'pool'), what: 'its gateway declares no pool' },
    { check: 'usage', isMissing: meter?.kind === 'none', what: 'its gateway declares no meter' },
    { check: 'config-drift', isMissing: lacks(gateway, 'apim'), what: 'its gateway declares no apim' },
    { check: 'token-quota', isMissing: lacks(customer, 'tokenQuota'), what: 'the customer declares no tokenQuota' },
  ] as const;
  for (const { check, isMissing, what } of needs) {
    const index = checks?.indexOf(check) ?? -1;
    if (isMissing && index >= 0) problems.push(`checks[${index}]: ${check} can't be run, because ${what}`);
  }
  return problems;
}

function isolationProblems(customer: Part<FileCustomer>, parts: Parts): readonly string[] {
  const { id, checks, checkSettings } = customer.values;
  const others = checkSettings?.isolation?.with;
  if (!others) {
    const isMissing = checks?.includes('isolation') && !customer.wrong.has('checkSettings');
    return isMissing ? ['checkSettings.isolation.with: required for the check isolation'] : [];
  }
  return others.flatMap((other, index) => {
    const at = `checkSettings.isolation.with[${index}]`;
    if (!parts.customers.some(({ values }) => values.id === other)) return [`${at}: no customer has the id "${other}"`];
    return other === id ? [`${at}: is the customer itself`] : [];
  });
}

function lacks<Value>(part: Part<Value>, key: keyof Value & string): boolean {
  return part.values[key] === undefined && !part.wrong.has(key);
}
