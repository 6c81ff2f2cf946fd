import type { Exchange } from '../../probe/exchange';
import type { Finding } from '../verdict';
import { leftBetween } from './bounds';
import { type Admission, minuteMs } from './ledger';
import { fail, failIfAlone, inconclusive, pass, type View } from './view';

/** The model's own header of that name counts the deployment's tokens, not the customer's. */
const modelHeader = 'x-ratelimit-remaining-tokens';

interface Statement {
  readonly probe: number;
  /** What the header said was left, and what our own tokens leave at least and at most. */
  readonly said: number;
  readonly least: number;
  readonly most: number;
}

/**
 * What the gateway says is left falls by what was charged and is never above the limit. Only answers that were alone
 * in flight count, and not streamed ones: those show the state before their own charge.
 */
export function judgeRemainingHeader(view: View): Finding | null {
  const rule = 'remaining-header';
  const name = view.evidence.declared.gateway.headers.remainingTokens;
  if (name === null) return null;
  const statements = view.ledger.admissions.flatMap((admission) => statementOf(view, admission));
  const expected = `${name} falls by what was charged, never above ${view.limit}`;
  const words = (statement: Statement, because: string) => ({
    expected,
    observed: `${statement.said} left said probe ${statement.probe}; ${Math.max(0, Math.floor(statement.least))} to ${Math.floor(statement.most)} explained`,
    because,
  });
  const several = view.counters > 1;
  const ceiling = view.limit + view.band.toleranceTokens;
  const aboveCeiling = statements.find((statement) => statement.said > ceiling);
  if (aboveCeiling !== undefined) {
    return name.toLowerCase() === modelHeader
      ? inconclusive(rule, words(aboveCeiling, "The header has the model's own name, and may be the model's own."))
      : fail(rule, words(aboveCeiling, 'It says more is left than the limit itself.'));
  }
  if (several) return null;
  const tooHigh = statements.find((statement) => statement.said > statement.most);
  if (tooHigh !== undefined) {
    return view.possible.length === 0
      ? inconclusive(rule, words(tooHigh, 'More than one counter seems to answer; what each has left cannot be told.'))
      : fail(rule, words(tooHigh, 'It says more is left than the limit less what was surely charged.'));
  }
  const tooLow = statements.find((statement) => statement.said < statement.least);
  if (tooLow !== undefined) {
    return view.possible.length === 0
      ? inconclusive(rule, words(tooLow, 'Somebody else, or another counter, explains it as well.'))
      : failIfAlone(
          view,
          rule,
          words(tooLow, 'It says less is left than the limit less all that can have been charged.'),
        );
  }
  if (!statements.some((statement) => ceiling - statement.most > hiddenByRefill(view))) {
    return inconclusive(rule, {
      expected,
      observed: `${statements.length} values, none after enough was spent`,
      because: 'Too little was spent, or too few answers carry the header, for it to show.',
    });
  }
  const observed = `${statements.length} values, all explained`;
  return pass(rule, { expected, observed, because: 'Every value follows from what was charged.' });
}

/** What a bucket refills during three probes; tokens. Nothing is said while no more than that was spent. */
function hiddenByRefill(view: View): number {
  return (3 * view.limit * view.ledger.latencyMs) / minuteMs;
}

function statementOf(view: View, admission: Admission): readonly Statement[] {
  const { exchange, charge } = admission;
  if (exchange.remainingTokens === null || exchange.asked.streamed || !wasAloneInFlight(view, exchange)) return [];
  const { toleranceTokens } = view.band;
  const limits = { low: view.limit - toleranceTokens, high: view.limit + toleranceTokens };
  const use = { charges: view.ledger.charges, fromMs: exchange.sentMs, toMs: exchange.receivedMs, ownCharge: charge };
  // What looks undisturbed may do so by chance, so it excludes no kind here.
  const readings = view.alone && view.possible.length > 0 ? view.possible : view.all;
  const left = readings.map((reading) => leftBetween(reading.kind, limits, use));
  return [
    {
      probe: exchange.probe,
      said: exchange.remainingTokens,
      least: Math.max(0, Math.floor(Math.min(...left.map(({ least }) => least)))),
      most: Math.max(0, Math.ceil(Math.max(...left.map(({ most }) => most)))),
    },
  ];
}

function wasAloneInFlight(view: View, exchange: Exchange): boolean {
  return !view.evidence.exchanges.some(
    (other) => other !== exchange && other.sentMs < exchange.receivedMs && other.receivedMs > exchange.sentMs,
  );
}
