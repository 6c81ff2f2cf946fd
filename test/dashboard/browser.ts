import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const expectedPath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';

/** Where Chromium is (CHROMIUM_PATH, else Debian's place); null where this machine has none. */
export const chromiumPath: string | null = existsSync(expectedPath) ? expectedPath : null;

/** `describe` where there is a browser; else its tests count as skipped. On CI there must be one. */
export const describeInBrowser: jest.Describe = chooseDescribe();

function chooseDescribe(): jest.Describe {
  if (chromiumPath !== null) return describe;
  if (process.env.CI) throw new Error(`Browser tests need Chromium: there is none at ${expectedPath}.`);
  const file = expect.getState().testPath;
  process.stderr.write(`Browser tests skipped, no Chromium at ${expectedPath} (setting CHROMIUM_PATH): ${file}\n`);
  return describe.skip as jest.Describe;
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
