import { tokenLimit } from '../../../src/audit/checks/token-limit';
import { aDeclaration } from '../a-declaration';
import { mulberry32 } from './cells';
import { simulateAudit } from './simulate-audit';
import { simulatedGateway } from './simulated-gateway';

/**
 * In one job the quick checks come first, and their two small probes still stand in the window. Seen: where the wait
 * for a good second of the minute let them age out before our own charges, the audit took a sliding window for a
 * bucket, made a debt and stopped watching before the window could admit.
 */
test('right after the quick checks a healthy gateway of 100 tokens a minute passes every rule, whatever the second', () => {
  const random = mulberry32(20);
  const others = new Set<string>();
  for (let run = 0; run < 200; run += 1) {
    const startMs = Date.UTC(2026, 0, 5, 12) + Math.floor(random() * 3_600_000);
    const declared = aDeclaration({ tokensPerMinute: 100, dedicated: true }, { limiter: 'sliding-window' });
    const gateway = simulatedGateway(
      {
        kind: 'sliding-window',
        enforced: 100,
        counters: 1,
        routing: 'random',
        latencyMs: 200,
        refusalLatencyMs: 5 + 60 * random(),
        outlierShare: 0.02,
        estimatesPrompts: false,
        hasHeaders: true,
        lie: null,
        frameOffset: 0,
      },
      random,
    );
    const priorCharges = [700, 200].map((agoMs) => ({
      sentMs: startMs - agoMs - 200,
      receivedMs: startMs - agoMs,
      tokens: 11,
    }));
    for (const charge of priorCharges) gateway.charge(charge.receivedMs - 5, charge.tokens);
    const { judgement } = simulateAudit({ check: tokenLimit, declared, gateway, startMs, priorCharges });
    for (const { rule, verdict } of judgement.findings) if (verdict !== 'pass') others.add(`${rule} ${verdict}`);
  }
  expect([...others]).toEqual([]);
});
