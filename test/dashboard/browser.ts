import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'];

/** Where Chromium is; null where this machine has none. On CI there must be one. */
export const chromiumPath: string | null = candidates.find((path) => path && existsSync(path)) ?? null;

/** `describe` where there is a browser; else the tests count as skipped, and a line says why. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (chromiumPath === null && process.env.CI) throw new Error('No Chromium: install it, or set CHROMIUM_PATH.');
  if (chromiumPath !== null) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`Browser tests skipped: there is no Chromium (CHROMIUM_PATH, /usr/bin/chromium): ${name}\n`);
  describe.skip(name, tests);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Keeps a picture of the page where the setting SCREENSHOTS names a folder. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
