import type { EChartsOption } from 'echarts';
import type { Charge } from '../audit/check';
import type { Declaration, LimiterKind } from '../audit/declaration';
import type { Estimate } from '../audit/report';
import { readLedger } from '../audit/token-limit/ledger';
import { type Band, bandOf } from '../audit/token-limit/tolerance';
import type { Exchange } from '../probe/exchange';
import { type Bar, barsSeries } from './bars';
import { axisLook, type Chart, commonOption, type Palette, tooltipLook } from './chart';
import { isAdmitted, type RefusalRun, refusalRuns } from './refusal-runs';
import { type TimedTokens, tokenLevels } from './token-level';

/** What the picture of a token-limit audit is drawn from: the report's own fields and its evidence. */
export interface TokenLimitAudit {
  readonly declared: Declaration;
  readonly estimate: Estimate;
  readonly startedAt: string;
  readonly exchanges: readonly Exchange[];
  readonly priorCharges: readonly Charge[];
}

interface Facts {
  readonly limit: number;
  readonly band: Band;
  readonly levels: readonly TimedTokens[];
  readonly refusals: readonly TimedTokens[];
  readonly runs: readonly RefusalRun[];
  readonly startMs: number;
  readonly endMs: number;
  readonly kind: LimiterKind | 'unknown';
}

/** Tokens admitted over time against the promised band, refusals, and the promised and the real wait after them. */
export function tokenLimitChart(audit: TokenLimitAudit, palette: Palette): Chart {
  const facts = factsOf(audit);
  return {
    title:
      facts.kind === 'token-bucket'
        ? 'Tokens in use, refilled at the promised rate'
        : 'Tokens admitted in the last 60 seconds',
    description: describe(facts),
    heightPx: 380,
    option: optionOf(facts, palette),
  };
}

function factsOf({ declared, estimate, startedAt, exchanges, priorCharges }: TokenLimitAudit): Facts {
  const known = estimate.limiter ?? 'unknown';
  const kind = known === 'unknown' ? declared.gateway.limiter : known;
  const startMs = Date.parse(startedAt);
  const endMs = Math.max(startMs + 1000, ...exchanges.map(({ receivedMs }) => receivedMs));
  const charges = [
    ...priorCharges.map(({ receivedMs, tokens }) => ({ atMs: receivedMs, tokens })),
    ...exchanges
      .filter(isAdmitted)
      .map(({ receivedMs, usage, boundTokens }) => ({ atMs: receivedMs, tokens: usage?.total ?? boundTokens })),
  ];
  const limit = declared.customer.tokensPerMinute;
  const levels = tokenLevels(charges, { kind, tokensPerMinute: limit }, endMs);
  const levelAt = (atMs: number) => levels.findLast((point) => point.atMs <= atMs)?.tokens ?? 0;
  return {
    limit,
    band: bandOf(declared, readLedger({ exchanges, priorCharges }, declared.gateway.headers), kind),
    levels: withStart(levels, startMs),
    refusals: exchanges
      .filter(({ refusedBy }) => refusedBy === 'gateway-token-limit')
      .map(({ receivedMs }) => ({ atMs: receivedMs, tokens: levelAt(receivedMs) })),
    runs: refusalRuns(exchanges),
    startMs,
    endMs,
    kind,
  };
}

/** The curve begins with the audit; what was charged before it is its first height. */
function withStart(levels: readonly TimedTokens[], startMs: number): readonly TimedTokens[] {
  const before = levels.findLast(({ atMs }) => atMs <= startMs);
  return [{ atMs: startMs, tokens: before?.tokens ?? 0 }, ...levels.filter(({ atMs }) => atMs > startMs)];
}

function describe({ limit, band, levels, refusals, runs }: Facts): string {
  const most = Math.round(Math.max(...levels.map(({ tokens }) => tokens)));
  const waits = runs.map((run) => {
    const { fromMs, promisedMs } = run;
    const promised =
      promisedMs === null ? 'no wait was named' : `a wait of ${seconds(promisedMs - fromMs)} was promised`;
    return `After a refusal ${promised}; it was ${realWait(run)}.`;
  });
  return [
    `Promised: ${limit} tokens a minute, ${range(band)} allowed.`,
    `At most ${most} tokens were in use at once.`,
    refusals.length === 1 ? '1 probe was refused.' : `${refusals.length} probes were refused.`,
    ...waits.slice(0, 3),
  ].join(' ');
}

function range({ low, high }: Band): string {
  return `${Math.max(0, Math.round(low))} to ${Math.round(high)}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function optionOf(facts: Facts, palette: Palette): EChartsOption {
  const { levels, refusals, runs, startMs, endMs, limit, band } = facts;
  const at = (ms: number) => (ms - startMs) / 1000;
  const latestMs = Math.max(endMs, ...runs.map(({ promisedMs }) => promisedMs ?? 0));
  const look = axisLook(palette);
  // Room behind the last bar for its label.
  const xAxis = { type: 'value' as const, min: 0, max: Math.ceil((at(latestMs) * 1.08) / 10) * 10, ...look };
  const highest = Math.max(band.high, ...levels.map(({ tokens }) => tokens));
  return {
    ...commonOption(palette),
    tooltip: { trigger: 'item', ...tooltipLook(palette) },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 16,
      itemGap: 24,
      textStyle: { color: palette.text },
      data: ['admitted', 'refused'],
    },
    grid: [
      { left: 96, right: 24, top: 34, height: 212 },
      { left: 96, right: 24, top: 268, height: 62 },
    ],
    xAxis: [
      { ...xAxis, gridIndex: 0, axisLabel: { show: false }, axisTick: { show: false } },
      {
        ...xAxis,
        gridIndex: 1,
        name: 'seconds since the audit began',
        nameLocation: 'middle',
        nameGap: 26,
        splitLine: { show: false },
      },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: axisEnd(highest), ...look },
      {
        type: 'category',
        gridIndex: 1,
        inverse: true,
        data: ['promised wait', 'real wait'],
        ...look,
        axisLabel: { ...look.axisLabel, color: palette.text },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        name: 'admitted',
        type: 'line',
        symbol: 'none',
        lineStyle: { color: palette.accent, width: 2 },
        itemStyle: { color: palette.accent },
        areaStyle: { color: palette.accent, opacity: 0.12 },
        data: levels.map(({ atMs, tokens }) => [at(atMs), tokens]),
        markArea: {
          silent: true,
          itemStyle: { color: palette.promised },
          data: [[{ yAxis: Math.max(0, band.low) }, { yAxis: band.high }]],
        },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: palette.pass, type: 'dashed', width: 2 },
          label: {
            position: 'insideEndTop',
            formatter: `promised: ${limit} tokens a minute`,
            color: palette.pass,
            fontWeight: 600,
          },
          data: [{ yAxis: limit }],
        },
      },
      {
        name: 'refused',
        type: 'scatter',
        symbol: 'diamond',
        symbolSize: 11,
        itemStyle: { color: palette.fail },
        data: refusals.map(({ atMs, tokens }) => [at(atMs), tokens]),
        tooltip: { formatter: 'refused by the token limit' },
      },
      barsSeries(waitBars(facts, palette), {
        axis: 1,
        heightPx: 16,
        labelColour: palette.text,
        surface: palette.surface,
      }),
    ],
  };
}

/** A round number with some room above what is drawn. */
function axisEnd(highest: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(highest, 1))) / 2;
  return Math.ceil((highest * 1.1) / step) * step;
}

function waitBars({ runs, startMs, endMs }: Facts, palette: Palette): readonly Bar[] {
  const at = (ms: number) => (ms - startMs) / 1000;
  return runs.flatMap(({ fromMs, lastMs, admittedMs, promisedMs }) => {
    const endsMs = admittedMs ?? endMs;
    const tooltip = realWait({ fromMs, lastMs, admittedMs });
    const sure: Bar = { row: 1, from: at(fromMs), to: at(lastMs), colour: palette.fail, tooltip };
    const possible: Bar = { ...sure, from: at(lastMs), to: at(endsMs), opacity: 0.4 };
    // In the longer bar there is room for it; behind a shorter one another wait may begin.
    const label = waitLabel({ fromMs, lastMs, admittedMs });
    const isRoomy = lastMs - fromMs > (endMs - startMs) * roomyShare;
    const real = isRoomy ? [{ ...sure, label }, possible] : [sure, { ...possible, label }];
    if (promisedMs === null) return real;
    const wait = seconds(promisedMs - fromMs);
    return [
      { ...sure, row: 0, to: at(promisedMs), colour: palette.mutedText, label: wait, tooltip: `promised: ${wait}` },
      ...real,
    ];
  });
}

/** A bar of this share of the picture's width holds a label, on a phone as well. */
const roomyShare = 0.4;

type Wait = Pick<RefusalRun, 'fromMs' | 'lastMs' | 'admittedMs'>;

function waitLabel({ fromMs, lastMs, admittedMs }: Wait): string {
  const [atLeast, atMost] = [lastMs, admittedMs].map((ms) => (ms === null ? null : Math.round((ms - fromMs) / 1000)));
  if (atMost === null) return `${atLeast} s and more`;
  return atLeast === atMost ? `${atMost} s` : `${atLeast} to ${atMost} s`;
}

function realWait({ fromMs, lastMs, admittedMs }: Wait): string {
  const refused = `still refused after ${seconds(lastMs - fromMs)}`;
  return admittedMs === null
    ? `${refused}, never admitted again`
    : `${refused}, admitted after ${seconds(admittedMs - fromMs)}`;
}
