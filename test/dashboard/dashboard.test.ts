import type { Browser, Page } from 'playwright-core';
import { someEvidence } from '../audit/a-report-draft';
import { anExchange } from '../probe/an-exchange';
import { type AuditedApp, anAuditedApp } from './an-audited-app';
import { axeViolations } from './axe-violations';
import { describeInBrowser, keepScreenshot, launchBrowser } from './browser';
import { poolAudit } from './pool-audit';
import { type ServedApp, serveApp } from './serve-app';
import { isWiderThanItsWindow, type VisitOptions, visit } from './visit';

jest.setTimeout(30_000);
const promises = 'Do our gateways keep their promises?';

describeInBrowser('the page', () => {
  let audited: AuditedApp;
  let served: ServedApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    audited = await anAuditedApp();
    const { app, record } = audited;
    const wanted = app.config.customers.flatMap(({ id: customerId }) =>
      (['limit-status', 'access', 'token-limit'] as const).map((check) => ({ customerId, check })),
    );
    // One after the other: while one waits for storage, another would move the clock on and make its probes late.
    await app.audit(wanted, { trigger: 'timer', parallel: 1, store: true });
    await record(poolAudit({ customerId: 'fabrikam' }));
    served = await serveApp(app);
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    audited?.close();
  });

  afterEach(async () => {
    await page.context().close();
  });

  async function open(options: Omit<VisitOptions, 'nowMs'> = {}): Promise<void> {
    ({ page, complaints } = await visit(browser, served, { nowMs: audited.clock.nowMs() + 120_000, ...options }));
  }

  const violations = () => axeViolations(page);

  test('asks for the key at the first visit and shows the customers once it has it', async () => {
    await open({ withKey: 'no' });
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, 'key');
    await page.getByLabel('Function key').fill(served.key);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'northwind', exact: true }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('says so when the key is refused, and asks again', async () => {
    await open({ withKey: 'no' });
    await page.getByLabel('Function key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('The service refused this key.');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(await violations()).toEqual([]);
  });

  test('takes a key over from the address, removes it there and keeps it for this tab only', async () => {
    await open();
    await page.getByRole('table').waitFor();
    expect(page.url()).toBe(served.pageAddress);
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
    await page.reload();
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('Function key').waitFor();
  });

  test('tells on the first page what is wrong with northwind', async () => {
    await open();
    const item = page.locator('.attention li', { hasText: 'northwind' });
    await item.getByText(/^100 tokens\/min, \d+ to \d+ allowed$/).waitFor();
    expect(await page.locator('h1').textContent()).toBe(promises);
    const row = page.getByRole('row', { name: /^northwind/ });
    expect(await row.locator('.badge.fail').allTextContents()).toEqual(['✕fail']);
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, 'grid');
    expect(complaints).toEqual([]);
  });

  test('shows only the customers that are searched for, or in trouble', async () => {
    await open();
    const rows = page.locator('.grid tbody tr th');
    await page.getByLabel('only with trouble').check();
    expect(await rows.allTextContents()).toEqual(['fabrikamwest', 'northwindeast']);
    await page.getByLabel('Customer', { exact: true }).fill('north');
    expect(await rows.allTextContents()).toEqual(['northwindeast']);
    await page.getByLabel('Customer', { exact: true }).fill('nobody');
    await page.getByText('No customer fits.').waitFor();
  });

  test('draws what audits used by day and customer, once somebody asks', async () => {
    await open();
    await page.getByText('Usage of the last 30 days, by customer').click();
    await page.getByRole('img', { name: /by day and customer.*spent for contoso, fabrikam, northwind/ }).waitFor();
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, 'usage');
    expect(complaints).toEqual([]);
  });

  test('drills down from the grid to a customer and to an audit with every exchange', async () => {
    await open();
    await page.getByRole('link', { name: 'northwind', exact: true }).first().click();
    await page.getByRole('heading', { name: 'northwind', exact: true }).waitFor();
    await page.getByRole('img', { name: /Promised: 100 tokens a minute/ }).waitFor();
    await page.getByText('history intact').waitFor();
    await page.getByRole('img', { name: /Tokens that audits used, by day and backend/ }).waitFor();
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, 'customer');
    await page.getByRole('link', { name: /Every finding and exchange/ }).click();
    await page.getByRole('heading', { name: /token-limit of northwind/ }).waitFor();
    const { audits } = await audited.app.history('northwind', { check: 'token-limit', top: 1 });
    expect(await page.locator('.evidence tbody tr').count()).toBe(audits[0]?.summary.probes);
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, 'audit');
    expect(complaints).toEqual([]);
  });

  test('can be used by keyboard alone: past the header, to a customer, and back', async () => {
    await open();
    await page.getByRole('table').waitFor();
    await page.getByRole('link', { name: 'Skip to the content' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.getByRole('link', { name: 'contoso', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'contoso', exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('contoso');
    await page.goBack();
    await page.getByRole('heading', { name: promises }).waitFor();
  });

  test('saves the audit pack as a file', async () => {
    await open({ hash: '#/customers/northwind' });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Audit pack (HTML)' }).click();
    expect((await download).suggestedFilename()).toBe('gateway-audit-northwind.html');
    expect(complaints).toEqual([]);
  });

  test('draws who answered when and the shares against the weights', async () => {
    await open({ hash: '#/customers/fabrikam' });
    await page.getByRole('img', { name: /Share of the answers/ }).waitFor();
    await page.getByRole('img', { name: /Who answered when/ }).waitFor();
    await keepScreenshot(page, 'pool');
    expect(complaints).toEqual([]);
  });

  test('filters the history by check and verdict', async () => {
    await open({ hash: '#/customers/northwind' });
    const rows = page.getByRole('region', { name: 'History of audits' }).locator('tbody tr td:nth-child(3)');
    await page.locator('#history-check').selectOption('access');
    await page.getByLabel('Verdict').selectOption('pass');
    await rows.nth(1).waitFor({ state: 'detached' });
    expect(await rows.allTextContents()).toEqual(['access']);
    await page.getByLabel('Verdict').selectOption('fail');
    await page.getByText('No audit fits.').waitFor();
  });

  test('runs a check now and tells how it goes until its verdict', async () => {
    await open({ hash: '#/customers/contoso' });
    await page.locator('#check').selectOption('access');
    await page.getByRole('button', { name: 'Run this check now' }).click();
    await page.getByText(/Queued/).waitFor();
    await audited.runQueued();
    await page.getByRole('link', { name: 'See what was found' }).waitFor();
    expect(await page.locator('.progress').textContent()).toMatch(/^✓pass 3 probes/);
  });

  test('tells how far a running audit is, by what it has kept so far', async () => {
    await open({ hash: '#/customers/fabrikam' });
    await page.locator('#check').selectOption('access');
    await page.getByRole('button', { name: 'Run this check now' }).click();
    await page.getByText(/Queued/).waitFor();
    const { storage, clock } = audited;
    const [queued] = await storage.open.readAll();
    const order = { customerId: 'fabrikam', auditId: queued?.auditId ?? '' };
    await storage.history.beginAttempt(order.customerId, order.auditId, clock.nowMs());
    const evidence = someEvidence({ exchanges: [anExchange(), anExchange({ probe: 2 })] });
    await storage.history.saveCheckpoint(order, { startedMs: clock.nowMs(), evidence }, { attempt: 1 });
    await page.getByText(/Running, \d+ s\. So far 2 probes, 30 tokens, 0 refused\./).waitFor();
    await audited.runQueued();
    await page.getByRole('link', { name: 'See what was found' }).waitFor();
  });

  test('says in the history that a check did not run', async () => {
    const stoppedBecause = 'it was due at noon and had not run an hour later';
    const missed = { verdict: 'inconclusive', findings: [], missed: true, stoppedBecause } as const;
    await audited.record({ customerId: 'fabrikam', check: 'access', ...missed });
    await open({ hash: '#/customers/fabrikam' });
    await page.getByRole('row', { name: /access \(did not run\).*inconclusive.*due at noon/ }).waitFor();
    expect(await page.locator('.chip', { hasText: 'access' }).locator('.badge').textContent()).toBe('✓pass');
  });

  test.each(['', '#/customers/northwind'])('is dark where the system is: %s', async (hash) => {
    await open({ hash, colorScheme: 'dark' });
    await page.getByRole('table').first().waitFor();
    await page.waitForLoadState('networkidle');
    const background = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(background).toBe('rgb(13, 17, 23)');
    expect(await violations()).toEqual([]);
    await keepScreenshot(page, `dark${hash.length}`);
  });

  test.each(['', '#/customers/northwind'])('fits a phone: %s', async (hash) => {
    await open({ hash, viewport: { width: 375, height: 740 } });
    await page.getByRole('table').first().waitFor();
    await page.waitForLoadState('networkidle');
    await keepScreenshot(page, `phone${hash.length}`);
    expect(await isWiderThanItsWindow(page)).toBe(false);
    expect(await violations()).toEqual([]);
  });
});
