import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong with the page for people who do not see it well: the rule and the elements. */
export async function axeViolations(page: Page): Promise<readonly (readonly string[])[]> {
  await page.evaluate(source);
  const found = await page.evaluate('axe.run().then(({ violations }) => violations)');
  const violations = found as { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}
