import type { Finding } from '../verdict';
import { fail, inconclusive, pass, type View } from './view';

/** What the gateway says it charged is what the model reported, on answers that are not streamed. */
export function judgeConsumedHeader(view: View): Finding | null {
  const rule = 'consumed-header';
  const name = view.evidence.declared.gateway.headers.consumedTokens;
  if (name === null) return null;
  const answered = view.ledger.admissions
    .map((admission) => admission.exchange)
    .filter((exchange) => !exchange.asked.streamed);
  const comparable = answered.filter((exchange) => exchange.usage !== null && exchange.consumedTokens !== null);
  const expected = `${name} = usage.total_tokens`;
  const wrong = comparable.find((exchange) => exchange.consumedTokens !== exchange.usage?.total);
  if (wrong !== undefined) {
    return fail(rule, {
      expected,
      observed: `${wrong.consumedTokens} in the header, ${wrong.usage?.total} in the body (probe ${wrong.probe})`,
      because: 'The header names another number of tokens than the answer itself.',
    });
  }
  if (answered.length === 0) return null;
  if (comparable.length < answered.length) {
    return inconclusive(rule, {
      expected,
      observed: `header and usage on ${comparable.length} of ${answered.length} answers`,
      because: 'Some answers lack the header or the usage, so they cannot be compared.',
    });
  }
  return pass(rule, {
    expected,
    observed: `equal on ${comparable.length} answers`,
    because: 'Header and body agree on every answer.',
  });
}
