import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { answer } from '../../src/api/answer';
import { type AuditedApp, anAuditedApp, demoCustomers } from './an-audited-app';
import { axeViolations } from './axe-violations';
import { describeInBrowser, keepScreenshot, launchBrowser } from './browser';
import { poolAudit } from './pool-audit';

let audited: AuditedApp;

beforeAll(async () => {
  audited = await anAuditedApp(demoCustomers);
  const wanted = (['limit-status', 'access', 'token-limit'] as const).map((check) => ({
    customerId: 'northwind',
    check,
  }));
  await audited.app.audit(wanted, { trigger: 'timer', parallel: 1, store: true });
  await audited.record(poolAudit({ customerId: 'northwind' }));
}, 60_000);

afterAll(() => audited?.close());

function ask(customerId: string, query = '') {
  const url = new URL(`http://127.0.0.1/api/customers/${customerId}/report${query}`);
  const request = { method: 'GET', url, params: { id: customerId }, body: '', requestId: 'test' };
  return answer('report', request, async () => audited.app);
}

test('the pack is one HTML file without scripts and without anything from elsewhere', async () => {
  const { status, headers, body } = await ask('northwind');
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(body).not.toMatch(/<script|\son\w+=|javascript:|<link|<img|@import|url\(\s*['"]?https?:/i);
  expect(body.match(/<svg /g)).toHaveLength(4);
});

test('the pack says what failed, and the chain that it was taken from', async () => {
  const { body } = await ask('northwind');
  const { head } = await audited.app.integrity('northwind');
  expect(body).toContain('The gateway does <strong>not</strong> keep what northwind was promised');
  expect(body).toMatch(/100 tokens\/min, \d+ to \d+ allowed/);
  expect(body).toContain(`audit ${head?.sequence} with the hash <code>${head?.hash}</code>`);
});

test('the pack tells only of the period that was asked for', async () => {
  const { body } = await ask('northwind', '?from=2026-02-01');
  expect(body).toContain('Nothing: no audit ended in this period.');
});

test('what a gateway said cannot become part of the page', async () => {
  const because = '<img src=x onerror=alert(1)>';
  const finding = { rule: 'reachable', verdict: 'fail' as const, expected: 'a', observed: 'b', because };
  await audited.record({ customerId: 'contoso', verdict: 'fail', findings: [finding] });
  const { body } = await ask('contoso');
  expect(body).not.toContain(because);
  expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

test('a period that is none is refused, and a customer that nobody knows is not found', async () => {
  expect((await ask('northwind', '?from=yesterday')).status).toBe(400);
  expect((await ask('nobody')).status).toBe(404);
});

describeInBrowser('the pack in a browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-pack-'));

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('opens from a file with scripts switched off, is accessible, and prints to PDF', async () => {
    const file = join(folder, 'pack.html');
    writeFileSync(file, (await ask('northwind')).body);
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 960, height: 900 } });
    const page = await context.newPage();
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) elsewhere.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    expect(await axeViolations(page)).toEqual([]);
    await keepScreenshot(page, 'report');
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThanOrEqual(2);
    expect(pages.length).toBeLessThanOrEqual(8);
    if (process.env.SCREENSHOTS) writeFileSync(join(process.env.SCREENSHOTS, 'report.pdf'), pdf);
    expect(elsewhere).toEqual([]);
    await context.close();
  }, 30_000);
});
