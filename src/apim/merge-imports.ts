import type { ImportedConfiguration } from './import-configuration';

/** Several APIs' configurations as one: a key that opens several of them is a customer of each, with one counter. */
export function mergeImports(imported: readonly ImportedConfiguration[]): ImportedConfiguration {
  const all = imported.flatMap(({ customers }) => customers);
  const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const customers = all.map((customer) => {
    const { id, gateway, key, subscriptionId = id, ...promise } = customer;
    if (all.filter((other) => isSame(other.id, id)).length === 1) return customer;
    return { id: `${id}-${gateway}`, gateway, key, subscriptionId, counter: id, ...promise };
  });
  return {
    gateways: imported.flatMap(({ gateways }) => gateways),
    customers,
    notes: [...new Set(imported.flatMap(({ notes }) => notes))],
  };
}
