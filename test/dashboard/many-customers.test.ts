import type { Browser, Page } from 'playwright-core';
import { type AuditedApp, anAuditedApp } from './an-audited-app';
import { axeViolations } from './axe-violations';
import { describeInBrowser, keepScreenshot, launchBrowser } from './browser';
import { type ServedApp, serveApp } from './serve-app';
import { isWiderThanItsWindow, visit } from './visit';

jest.setTimeout(60_000);

const failing = {
  rule: 'reachable',
  verdict: 'fail',
  expected: 'a usable answer, a refusal by a limit or a quota',
  observed: 'status 503 three times running',
  because: 'Nobody behind this gateway answered.',
} as const;

describeInBrowser.each([
  { customers: 1, audited: 0 },
  { customers: 40, audited: 40 },
  { customers: 230, audited: 12 },
])('the page with $customers customers, $audited audited', ({ customers, audited: auditedCount }) => {
  let audited: AuditedApp;
  let served: ServedApp;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const longest = 'a-customer-whose-id-is-as-long-as-an-id-can-be'.padEnd(63, 'x');
    const ids = Array.from({ length: customers }, (_, at) =>
      at === 3 ? longest : `customer-${String(at).padStart(3, '0')}`,
    );
    audited = await anAuditedApp(Object.fromEntries(ids.map((id) => [id, { tokensPerMinute: 100 }])));
    for (const [at, customerId] of ids.slice(0, auditedCount).entries()) {
      const isFailing = at % 3 === 0;
      await audited.record({ customerId, ...(isFailing && { verdict: 'fail', findings: [failing] }) });
    }
    served = await serveApp(audited.app);
    browser = await launchBrowser();
    ({ page } = await visit(browser, served, { nowMs: audited.clock.nowMs() + 600_000 }));
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    audited?.close();
  });

  test('shows every one of them, page by page', async () => {
    const rows = page.locator('.grid tbody tr');
    const more = page.getByRole('button', { name: 'Show more customers' });
    await rows.first().waitFor();
    await page.waitForLoadState('networkidle');
    await keepScreenshot(page, `customers${customers}`);
    while (await more.isVisible()) {
      const before = await rows.count();
      await more.click();
      await rows.nth(before).waitFor();
    }
    expect(await rows.count()).toBe(customers);
  });

  test('is accessible, and fits a phone', async () => {
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 740 });
    expect(await isWiderThanItsWindow(page)).toBe(false);
  });

  test('shows a customer that was never audited', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    const id = `customer-${String(customers - 1).padStart(3, '0')}`;
    await page.evaluate(`location.hash = '#/customers/${id}'`);
    await page.getByRole('heading', { name: id, exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
    await keepScreenshot(page, `one-of-${customers}`);
    expect(await axeViolations(page)).toEqual([]);
  });
});
