import { auditSimulated, failedRules, type SimulatedCustomer } from '../../exam/audit-simulated';

/* Two customers of one gateway, and every check on the v1 path, over real HTTP. */
jest.setTimeout(60_000);

const kinds = ['sliding-window', 'token-bucket'] as const;

function aPair(limiter: (typeof kinds)[number], simulated: NonNullable<SimulatedCustomer['simulated']>) {
  const customer = { gateway: 'on-contoso', checkSettings: { isolation: { with: ['fabrikam'] } } };
  const both = { limiter, tokensPerMinute: 10_000 };
  const pair: readonly SimulatedCustomer[] = [
    { ...both, id: 'contoso', checks: ['isolation'], customer },
    { ...both, id: 'fabrikam', checks: ['limit-status'], customer: { gateway: 'on-contoso' }, simulated },
  ];
  return pair;
}

test.each(kinds)('a %s counter of its own keeps a neighbour from noticing', async (limiter) => {
  const reports = await auditSimulated(aPair(limiter, {}));
  const isolation = reports.find(({ check }) => check === 'isolation');
  expect(isolation?.verdict).toBe('pass');
  expect(isolation?.estimate.neighbours?.fabrikam?.refusals).toEqual({ tokenLimit: 0, ownUse: 0, model: 0, other: 0 });
});

test.each(kinds)('a %s counter that is shared is found', async (limiter) => {
  const reports = await auditSimulated(aPair(limiter, { faults: [{ name: 'shared-counter', with: 'contoso' }] }));
  expect(failedRules(reports)).toEqual(['isolation/isolated']);
});

test.each(kinds)(
  'on the v1 path a healthy %s gateway passes every check, by every way that it serves',
  async (limiter) => {
    const quota = { tokens: 500, period: 'Hourly' } as const;
    const reports = await auditSimulated([
      {
        id: 'contoso',
        limiter,
        tokensPerMinute: 10_000,
        checks: ['limit-status', 'access', 'token-limit'],
        customer: { alsoDeployments: ['gpt-4o-mini'] },
        gateway: { api: 'v1', surfaces: ['chat', 'responses', 'embeddings'] },
      },
      {
        id: 'fabrikam',
        limiter,
        tokensPerMinute: 10_000,
        checks: ['token-quota'],
        simulated: { quota },
        customer: {
          tokenQuota: quota,
          maxTokensPerDay: 20_000,
          checkSettings: { 'token-quota': { exhaustQuota: true } },
        },
        gateway: { api: 'v1' },
      },
      {
        id: 'adatum',
        limiter,
        tokensPerMinute: 10_000,
        checks: ['isolation'],
        customer: { checkSettings: { isolation: { with: ['northwind'] } } },
        gateway: { api: 'v1' },
      },
      {
        id: 'northwind',
        limiter,
        tokensPerMinute: 10_000,
        checks: ['limit-status'],
        customer: { gateway: 'on-adatum' },
      },
    ]);
    expect(
      reports.filter(({ verdict }) => verdict !== 'pass').map(({ check, findings }) => ({ check, findings })),
    ).toEqual([]);
    const rules = reports.flatMap(({ findings }) => findings.map(({ rule }) => rule));
    expect(rules).toEqual(
      expect.arrayContaining([
        'same-counter-streamed',
        'same-counter-surfaces',
        'same-counter-deployments',
        'isolated',
      ]),
    );
  },
);
