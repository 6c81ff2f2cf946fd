import type { Browser, Page } from 'playwright-core';
import { type AuditedApp, anAuditedApp } from './an-audited-app';
import { axeViolations } from './axe-violations';
import { describeInBrowser, keepScreenshot, launchBrowser } from './browser';
import { type ServedApp, serveApp } from './serve-app';
import { isWiderThanItsWindow, type VisitOptions, visit } from './visit';

jest.setTimeout(30_000);

const kept = {
  rule: 'limit-value',
  expected: '100 tokens/min, 90 to 110 allowed',
  because: 'It was measured.',
} as const;

describeInBrowser('two audits compared on the page', () => {
  let audited: AuditedApp;
  let served: ServedApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    audited = await anAuditedApp({ northwind: { tokensPerMinute: 200 } });
    const audit = { customerId: 'northwind', check: 'token-limit' } as const;
    await audited.record({
      ...audit,
      findings: [{ ...kept, verdict: 'pass', observed: 'between 95 and 104 tokens/min' }],
      estimate: { tokensPerMinute: { low: 95, high: 104 } },
    });
    await audited.record({ customerId: 'northwind', check: 'access' });
    await audited.record({
      ...audit,
      verdict: 'fail',
      findings: [{ ...kept, verdict: 'fail', observed: 'between 181 and 200 tokens/min' }],
      estimate: { tokensPerMinute: { low: 181, high: 200 } },
    });
    served = await serveApp(audited.app);
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

  async function compare(): Promise<void> {
    await page.getByLabel('Compare audit 3, token-limit').check();
    await page.getByLabel('Compare audit 1, token-limit').check();
    await page.getByRole('link', { name: 'What changed between these two token-limit audits' }).click();
    await page.getByRole('heading', { name: 'token-limit of northwind: what changed' }).waitFor();
  }

  test('two of one check are ticked, and their rules and measures stand side by side, the older first', async () => {
    await open({ hash: '#/customers/northwind' });
    await page.getByLabel('Compare audit 3, token-limit').check();
    expect(await page.getByLabel('Compare audit 2, access').isDisabled()).toBe(true);
    await page.getByText('Tick another token-limit audit to see what changed.').waitFor();
    await compare();
    const rows = await page.getByRole('region', { name: 'What was found' }).getByRole('row').allInnerTexts();
    expect(rows[1]?.replace(/\s+/g, ' ')).toBe(
      'limit-value ✓ pass between 95 and 104 tokens/min promised: 100 tokens/min, 90 to 110 allowed ✕ fail between 181 and 200 tokens/min promised: 100 tokens/min, 90 to 110 allowed',
    );
    const measured = page.getByRole('region', { name: 'What was measured' }).getByRole('row');
    expect((await measured.allInnerTexts()).map((text) => text.split('\t'))).toEqual([
      ['Measure', 'Before', 'After'],
      ['tokens per minute, high', '104', '200'],
      ['tokens per minute, low', '95', '181'],
    ]);
    expect(await axeViolations(page)).toEqual([]);
    await keepScreenshot(page, 'diff');
    expect(complaints).toEqual([]);
  });

  test('its address leads there again, in the dark and on a phone', async () => {
    await open({ hash: '#/customers/northwind', colorScheme: 'dark', viewport: { width: 375, height: 740 } });
    await compare();
    await page.reload();
    await page.getByRole('heading', { name: 'token-limit of northwind: what changed' }).waitFor();
    expect(await isWiderThanItsWindow(page)).toBe(false);
    expect(await axeViolations(page)).toEqual([]);
    await keepScreenshot(page, 'diff-phone');
  });
});
