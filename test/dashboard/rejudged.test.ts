import type { Browser } from 'playwright-core';
import { type AuditedApp, anAuditedApp } from './an-audited-app';
import { axeViolations } from './axe-violations';
import { describeInBrowser, launchBrowser } from './browser';
import { type ServedApp, serveApp } from './serve-app';
import { visit } from './visit';

jest.setTimeout(30_000);

describeInBrowser('stored evidence judged again, on the page', () => {
  let audited: AuditedApp;
  let served: ServedApp;
  let browser: Browser;

  beforeAll(async () => {
    audited = await anAuditedApp({ contoso: { tokensPerMinute: 100 } });
    const wanted = [{ customerId: 'contoso', check: 'access' as const }];
    await audited.app.audit(wanted, { trigger: 'timer', parallel: 1, store: true });
    for await (const _ of audited.app.rejudge('contoso', { store: true }));
    served = await serveApp(audited.app);
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    audited?.close();
  });

  test('is told from the audit in the history, and leads to it', async () => {
    const nowMs = audited.clock.nowMs() + 60_000;
    const { page, complaints } = await visit(browser, served, { nowMs, hash: '#/customers/contoso' });
    const row = page.getByRole('row', { name: 'access (judged again)' });
    expect((await row.innerText()).trim().endsWith('–')).toBe(true);
    await row.getByRole('link').click();
    await page.getByText('nothing was sent for it').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'the audit that gathered it' }).click();
    await page.getByText('nothing was sent for it').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
