import { type Chart, lightPalette } from '../../src/charts/chart';
import { remainingGauge } from '../../src/charts/remaining-gauge';
import { renderSvg } from '../../src/charts/render-svg';
import { sharesChart } from '../../src/charts/shares-chart';
import { tokenLimitChart } from '../../src/charts/token-limit-chart';
import { usageChart } from '../../src/charts/usage-chart';
import { aDeclaration } from '../audit/a-declaration';
import { anExchange } from '../probe/an-exchange';

const share = { expected: 0.5, observed: 0.52, low: 0.46, high: 0.58, answers: 130 };
const limitAudit = {
  declared: aDeclaration({ tokensPerMinute: 100 }),
  estimate: {},
  startedAt: new Date(1_000_000).toISOString(),
  exchanges: [
    anExchange({ usage: { prompt: 90, completion: 20, total: 110 } }),
    anExchange({ sentMs: 1_002_000, receivedMs: 1_002_010, status: 429, usage: null, ...{ retryAfterMs: 57_000 } }),
  ].map((exchange) =>
    exchange.status === 429 ? { ...exchange, refusedBy: 'gateway-token-limit' as const } : exchange,
  ),
  priorCharges: [],
};

const charts: readonly (readonly [string, Chart, string])[] = [
  [
    'the token limit',
    tokenLimitChart(limitAudit, lightPalette),
    'Promised: 100 tokens a minute, 0 to 210 allowed. At most 110 tokens were in use at once. 1 probe was refused. After a refusal a wait of 57 s was promised; it was still refused after 0 s, never admitted again.',
  ],
  [
    'shares',
    sharesChart({ 'Sweden "Central" <1>': share }, lightPalette),
    'Sweden "Central" <1> gave 52 % of the answers; 50 % by weight.',
  ],
  [
    'what is left',
    remainingGauge({ tokensPerMinute: 100, remainingTokens: 40, isThrottled: false }, lightPalette),
    '40 of 100 tokens a minute were left.',
  ],
  [
    'usage',
    usageChart([{ day: '2026-01-05', tokensByBackend: { 'West Europe': 20, 'Sweden Central': 12 } }], lightPalette),
    '32 tokens on 1 day, answered by Sweden Central, West Europe.',
  ],
];

test.each(charts)('%s is drawn as SVG, and described', (_, chart, description) => {
  expect(chart.description).toBe(description);
  const svg = renderSvg(chart, 600);
  expect(svg).toMatch(/^<svg role="img" aria-label="[^"<]+" [^>]*viewBox="0 0 600 \d+"/);
  expect(svg).not.toMatch(/NaN|undefined|<script/);
});

test.each(charts)('%s is the same text each time that it is drawn, and its names are its own', (_, chart) => {
  const svg = renderSvg(chart, 800);
  expect(renderSvg(chart, 800)).toBe(svg);
  const names = new Set([...svg.matchAll(/(?:class|id)="([^"]+)"/g)].map(([, name]) => name));
  expect([...names].filter((name) => !/^p[0-9a-f]{8}-\d+$/.test(name ?? ''))).toEqual([]);
});
