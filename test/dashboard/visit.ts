import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ServedApp } from './serve-app';

export interface Visit {
  readonly page: Page;
  /** What the browser complained of: blocked by the policy, scripts that failed. */
  readonly complaints: readonly string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** The page's own clock stands at this moment; epoch ms. */
  readonly nowMs: number;
  readonly hash?: string;
  readonly withKey?: 'no';
}

/** Opens the page in a fresh profile, as somebody with the printed address does, and waits for its heading. */
export async function visit(
  browser: Browser,
  served: ServedApp,
  { nowMs, hash = '', withKey, ...contextOptions }: VisitOptions,
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A status that the page expects is no complaint of the browser's.
    if (message.type() === 'error' && !/status of (401|404)/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.clock.setFixedTime(nowMs);
  await page.goto(`${served.pageAddress}${withKey === 'no' ? '' : `?code=${served.key}`}${hash}`);
  await page.locator('h1').waitFor();
  return { page, complaints };
}

export function isWiderThanItsWindow(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth > innerWidth');
}
