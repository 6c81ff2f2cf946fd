import type { Finding } from '../verdict';
import { failIfAlone, inconclusive, pass, type View } from './view';

/** The kind follows from when probes are admitted again, never from what Retry-After says. */
export function judgeKind(view: View): Finding | null {
  const rule = 'limiter-kind';
  const declared = view.evidence.declared.gateway.limiter;
  if (declared === 'unknown') return null;
  const names = view.possible.map((reading) => reading.kind);
  const expected = declared;
  const observed = names.length === 0 ? 'no single counter of any kind' : names.join(' or ');
  const doubt = (because: string): Finding => inconclusive(rule, { expected, observed, because });
  if (!view.saturated)
    return doubt(
      `The limit was not used up long enough to see when it lets in again: ${view.evidence.stoppedBecause}.`,
    );
  if (names.length === 0)
    return doubt(
      'Refusals and admissions contradict any single counter: there are several, or somebody else is on it.',
    );
  if (!names.includes(declared)) {
    return failIfAlone(view, rule, {
      expected,
      observed,
      because: `When probes were refused and admitted again cannot be explained by a ${declared} of any size.`,
    });
  }
  if (names.length > 1) return doubt('When probes were admitted again fits more than one kind.');
  if (!view.undisturbed) return doubt('It fits, but others may be using this key, and their use could look the same.');
  if (view.overrun)
    return doubt('It fits, but more was admitted than one counter allows, and several would look like it.');
  return pass(rule, {
    expected,
    observed,
    because: 'Only this kind explains when probes were refused and admitted again.',
  });
}
