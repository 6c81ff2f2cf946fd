import type { LimiterKind } from '../../../simulator/limiter';
import { tokenLimit } from '../../../src/audit/checks/token-limit';
import type { ProbeRequest } from '../../../src/probe/exchange';
import { aDeclaration } from '../a-declaration';
import { mulberry32 } from './cells';
import { simulateAudit } from './simulate-audit';
import { type GatewayModel, simulatedGateway } from './simulated-gateway';

interface Setting {
  readonly kind: LimiterKind;
  readonly limit: number;
  readonly latencyMs: number;
  /** Which requests are not counted on the limit that chat is. */
  readonly escapes?: (request: ProbeRequest) => boolean;
}

const surfaceRules = ['same-counter-streamed', 'same-counter-surfaces', 'same-counter-deployments'] as const;

/** One audit of a gateway whose customer has two more APIs and another deployment on its counter. */
function audit({ kind, limit, latencyMs, escapes = () => false }: Setting, seed: number) {
  const random = mulberry32(seed);
  const model: GatewayModel = {
    kind,
    enforced: limit,
    counters: 1,
    routing: 'random',
    latencyMs,
    refusalLatencyMs: 30 + 120 * random(),
    outlierShare: 0.02,
    estimatesPrompts: false,
    hasHeaders: true,
    lie: null,
    frameOffset: Math.floor(4 * random()),
  };
  const counted = simulatedGateway(model, random);
  const free = simulatedGateway({ ...model, enforced: null }, random);
  const declared = aDeclaration(
    { tokensPerMinute: limit, dedicated: true, alsoDeployments: ['gpt-4o-mini'] },
    { limiter: kind, surfaces: ['chat', 'responses', 'embeddings'] },
  );
  const { evidence, judgement } = simulateAudit({
    check: tokenLimit,
    declared,
    gateway: {
      charge: counted.charge,
      send: (request, probe, atMs) => (escapes(request) ? free : counted).send(request, probe, atMs),
    },
    startMs: Date.UTC(2026, 0, 5, 12) + Math.floor(random() * 3_600_000),
  });
  return { evidence, verdicts: new Map(judgement.findings.map(({ rule, verdict }) => [rule, verdict])) };
}

const kinds = ['sliding-window', 'token-bucket', 'fixed-window'] as const;
const settings = kinds.flatMap((kind) =>
  [100, 1_000, 10_000, 200_000].flatMap((limit) =>
    [60, 500, 1_000].map((latencyMs): Setting => ({ kind, limit, latencyMs })),
  ),
);
const runs = 6;

function tally(of: readonly Setting[], rules: readonly string[]) {
  const counts = { pass: 0, fail: 0, inconclusive: 0, none: 0 };
  for (const [index, setting] of of.entries()) {
    for (let run = 0; run < runs; run += 1) {
      const { verdicts } = audit(setting, 50_000 + 100 * index + run);
      for (const rule of rules) counts[verdicts.get(rule) ?? 'none'] += 1;
    }
  }
  return counts;
}

test('a healthy gateway refuses by every way that shares the counter, and nothing else is judged worse for it', () => {
  const { pass, fail, none } = tally(settings, surfaceRules);
  expect({ fail, none }).toEqual({ fail: 0, none: 0 });
  expect(pass / (settings.length * runs * surfaceRules.length)).toBeGreaterThan(0.98);
});

test.each<[string, (request: ProbeRequest) => boolean, (typeof surfaceRules)[number]]>([
  ['streamed calls', ({ streamed }) => streamed, 'same-counter-streamed'],
  ['one API', ({ surface }) => surface === 'embeddings', 'same-counter-surfaces'],
  ['another deployment', ({ deployment }) => deployment !== undefined, 'same-counter-deployments'],
])('%s that escape the limit are found in at least nine of ten audits, and blamed alone', (_, escapes, rule) => {
  const escaping = settings.filter(({ limit }) => limit >= 1_000).map((setting) => ({ ...setting, escapes }));
  const found = tally(escaping, [rule]);
  const others = [...surfaceRules.filter((other) => other !== rule), 'limit-enforced', 'limit-value', 'recovery'];
  expect(found.pass + found.none).toBe(0);
  expect(found.fail / (escaping.length * runs)).toBeGreaterThanOrEqual(0.9);
  expect(tally(escaping, others).fail).toBe(0);
});

test('asks for nothing that is not declared', () => {
  const plain = aDeclaration({ tokensPerMinute: 1_000, dedicated: true }, { limiter: 'sliding-window' });
  const { judgement } = simulateAudit({
    check: tokenLimit,
    declared: plain,
    gateway: simulatedGateway(
      {
        kind: 'sliding-window',
        enforced: 1_000,
        counters: 1,
        routing: 'random',
        latencyMs: 300,
        refusalLatencyMs: 60,
        outlierShare: 0,
        estimatesPrompts: false,
        hasHeaders: true,
        lie: null,
        frameOffset: 0,
      },
      mulberry32(7),
    ),
    startMs: Date.UTC(2026, 0, 5, 12, 0, 7),
  });
  const rules = judgement.findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('same-counter'));
  expect(rules).toEqual(['same-counter-streamed']);
});
