/** What of a configuration refers to something else in it. */
export interface ReferringConfig {
  readonly customers: readonly {
    readonly id: string;
    readonly key: string;
    readonly quota?: object | undefined;
    readonly faults: readonly Readonly<Record<string, unknown> & { name: string }>[];
  }[];
  readonly backends: readonly { readonly id: string }[];
  readonly pool?: { readonly members: readonly { readonly backend: string }[] } | undefined;
  readonly faults: readonly { readonly name: string }[];
}

/** What a schema cannot see: names used twice, names of nothing, and faults without what they spoil. */
export function findReferenceProblems(config: ReferringConfig): readonly string[] {
  const backendIds = new Set(config.backends.map((backend) => backend.id));
  const customerIds = new Set(config.customers.map((customer) => customer.id));
  const members = config.pool?.members ?? [];
  return [
    ...findTwice(
      'customers: the id',
      config.customers.map((customer) => customer.id.toLowerCase()),
    ),
    ...findKeysTwice(config),
    ...findTwice(
      'backends: the id',
      config.backends.map((backend) => backend.id),
    ),
    ...findTwice(
      'pool.members: the backend',
      members.map((member) => member.backend),
    ),
    ...(config.pool && members.length === 0 ? ['pool.members: a pool has at least one member'] : []),
    ...members
      .filter((member) => !backendIds.has(member.backend))
      .map((member) => `pool.members: there is no backend "${member.backend}"`),
    ...config.customers.flatMap((customer, index) =>
      customer.faults.flatMap((fault) => {
        const where = `customers.${index}.faults: ${fault.name}`;
        if (fault.name === 'shared-counter' && !customerIds.has(String(fault.with))) {
          return [`${where} names a customer that does not exist`];
        }
        return fault.name.startsWith('quota-') && !customer.quota ? [`${where} needs a quota`] : [];
      }),
    ),
    ...config.faults
      .filter((fault) => needsPool.has(fault.name) && !config.pool)
      .map((fault) => `faults: ${fault.name} needs a pool`),
  ];
}

const needsPool = new Set(['weights-ignored', 'weights-replaced', 'sticky', 'priority-ignored']);

function findTwice(what: string, values: readonly string[]): readonly string[] {
  const doubled = values.filter((value, index) => values.indexOf(value) !== index);
  return [...new Set(doubled)].map((value) => `${what} "${value}" is used twice`);
}

/** Without naming the key. */
function findKeysTwice({ customers }: ReferringConfig): readonly string[] {
  return customers.flatMap((customer, index) => {
    const first = customers.find((one) => one.key === customer.key);
    return first && first !== customer ? [`customers.${index}.key: is also the key of ${first.id}`] : [];
  });
}
