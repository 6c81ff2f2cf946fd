import type { Finding, Verdict } from '../verdict';
import { compareUsage, type Difference, meteredShare, streamedShare, toleranceOf } from './compare';
import type { BookedUsage } from './metered';
import type { SeenUsage, WindowView } from './window-view';

type TokenRule = 'metered' | 'stream-parity';

/**
 * Whether the meter holds what the calls of a window cost. Missing tokens are missing whoever else used the key, since
 * others only add; tokens too many are somebody else's unless nobody else can have been there, or the meter counts
 * exactly our calls. What is booked on another customer is metered: `attributed` speaks of that.
 */
export function judgeTokens(rule: TokenRule, view: WindowView, stoppedBecause: string): Finding {
  const { ledger, reading, seen } = view;
  const share = rule === 'metered' ? meteredShare : streamedShare;
  const calls = ledger.calls.length;
  const what = rule === 'metered' ? 'plain calls' : 'streamed calls';
  const expected = `${ledger.tokens.total} tokens in ${calls} ${what}, ± ${toleranceOf(ledger, share)} allowed`;
  const inconclusive = (observed: string, because: string): Finding => ({
    rule,
    verdict: 'inconclusive',
    expected,
    observed,
    because,
  });
  if (calls === 0) return inconclusive('no call with known usage', `No ${what} came back that say what they cost.`);
  if (reading === null) return inconclusive('the meter was not read', `It ended before that: ${stoppedBecause}.`);
  if (seen === null) {
    return inconclusive(
      `the meter's answer is ${reading.state}`,
      `It could not be read: ${reading.because ?? 'no reason'}.`,
    );
  }
  const booked = withElsewhere(seen);
  const difference = compareUsage(ledger, booked, share);
  const observed = `${describe(booked)}${lostCalls(seen)}`;
  if (view.isFilling && difference.kind !== 'agrees') {
    return inconclusive(observed, 'Two readings differ, so that the meter is still being filled.');
  }
  return { rule, expected, observed, ...decide(difference, seen, view) };
}

function decide(
  difference: Difference,
  { metered }: SeenUsage,
  { ledger, isAlone }: WindowView,
): { readonly verdict: Verdict; readonly because: string } {
  switch (difference.kind) {
    case 'agrees':
      return { verdict: 'pass', because: 'The meter holds what the models reported.' };
    case 'missing': {
      const because = `${difference.tokens} ${partName(difference.part)} that models reported are not metered.`;
      return { verdict: 'fail', because };
    }
    case 'surplus': {
      const surplus = `${difference.tokens} ${partName(difference.part)} more are metered than models reported`;
      const isOursAlone = isAlone || metered.isByCall || metered.own.requests === ledger.calls.length;
      return isOursAlone
        ? { verdict: 'fail', because: `${surplus}.` }
        : { verdict: 'inconclusive', because: `${surplus}; the customer's own traffic can't be told apart from ours.` };
    }
    case 'undecided': {
      const because = `${difference.tokens} ${partName(difference.part)} more are metered, which calls may have cost that did not say so.`;
      return { verdict: 'inconclusive', because };
    }
    default:
      return difference satisfies never;
  }
}

function withElsewhere({ metered, difference, whereabouts }: SeenUsage): BookedUsage {
  const { own } = metered;
  if (difference.kind !== 'missing' || whereabouts.kind !== 'elsewhere') return own;
  const { tokens, requests } = whereabouts.booked;
  return {
    tokens: {
      prompt: own.tokens.prompt + tokens.prompt,
      completion: own.tokens.completion + tokens.completion,
      total: own.tokens.total + tokens.total,
    },
    requests: own.requests === null || requests === null ? null : own.requests + requests,
  };
}

function describe({ tokens, requests }: BookedUsage): string {
  const calls = requests === null ? '' : ` in ${requests} calls`;
  return `${tokens.total} tokens${calls} (${tokens.prompt} prompt, ${tokens.completion} completion)`;
}

function lostCalls({ metered }: SeenUsage): string {
  return metered.missingCalls.length === 0 ? '' : `; not in the meter: call ${metered.missingCalls.join(', ')}`;
}

function partName(part: 'prompt' | 'completion' | 'total'): string {
  return part === 'total' ? 'tokens' : `${part} tokens`;
}
