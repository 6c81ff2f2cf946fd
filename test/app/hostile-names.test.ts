import { anApp } from '../app/an-app';

/* What a gateway calls its backends is up to the gateway. */
test.each(['__proto__', 'constructor', 'toString', "'; drop", '<b>', '💥', 'x'.repeat(256)])(
  'a backend called %j is a name like any other: stored, verified, counted',
  async (backend) => {
    const tested = await anApp({ answer: () => ({ backend, usage: { prompt: 16, completion: 4, total: 20 } }) });
    const wanted = [{ customerId: 'contoso', check: 'access' }] as const;
    await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
    await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
    const { audits } = await tested.app.history('contoso', { top: 10 });
    const { days, total } = await tested.app.usage('contoso', {});
    const integrity = await tested.app.integrity('contoso');
    tested.close();
    expect(
      audits.map(({ summary }) => Object.entries(summary.byBackend).map(([name, { probes }]) => [name, probes])),
    ).toEqual([[[backend, 1]], [[backend, 1]]]);
    expect(days.flatMap((day) => Object.entries(day.synthetic.byBackend))).toEqual([
      [backend.slice(0, 100), { probes: 2, tokens: 40 }],
    ]);
    expect(Object.entries(total.synthetic.byBackend)).toHaveLength(1);
    expect(integrity).toMatchObject({ intact: true, audits: 2 });
    expect(Object.prototype).not.toHaveProperty('probes');
  },
);
