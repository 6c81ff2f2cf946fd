import type { Exchange } from '../../probe/exchange';
import type { Evidence } from '../check';
import { describeAnswer } from '../checks/answer-kind';
import type { Finding } from '../verdict';
import { isTokenLimitRefusal } from './ledger';
import { answersToBlame, askedOf, escapesOf, type OtherSurface, otherSurfacesOf } from './surfaces';

/** Whether every other way that is declared to draw on the counter is refused with it: one finding a rule. */
export function judgeSurfaces(evidence: Evidence): readonly Finding[] {
  const surfaces = otherSurfacesOf(evidence.declared);
  const rules = [...new Set(surfaces.map(({ rule }) => rule))];
  return rules.map((rule) => {
    const opinions = surfaces.filter((surface) => surface.rule === rule).map((one) => opinionOn(one, evidence));
    const worst =
      opinions.find(({ verdict }) => verdict === 'fail') ??
      opinions.find(({ verdict }) => verdict === 'inconclusive') ??
      opinions[0];
    const names = surfaces.filter((surface) => surface.rule === rule).map(({ name }) => name);
    return {
      rule,
      verdict: worst?.verdict ?? 'inconclusive',
      expected: `${names.join(', ')} refused by the token limit while chat is`,
      observed: opinions.map(({ observed }) => observed).join('; '),
      because: worst?.because ?? '',
    };
  });
}

type Opinion = Pick<Finding, 'verdict' | 'observed' | 'because'>;

function opinionOn(surface: OtherSurface, { exchanges, stoppedBecause }: Evidence): Opinion {
  const { name } = surface;
  const asked = askedOf(exchanges, surface);
  const observed = `${name}: ${asked.map(describe).join(', ') || 'not asked'}`;
  const say = (verdict: Opinion['verdict'], because: string): Opinion => ({ verdict, observed, because });
  if (asked.some(isTokenLimitRefusal)) return say('pass', 'The token limit that refused chat refused it too.');
  if (asked.length === 0) return say('inconclusive', `The limit was not seen to be used up: ${stoppedBecause}.`);
  if (escapesOf(exchanges, surface).length >= answersToBlame) {
    return say('fail', `${name} was answered twice while the token limit refused chat right before and right after.`);
  }
  return say('inconclusive', `${name} was neither refused by the token limit nor surely let past it.`);
}

function describe(exchange: Exchange): string {
  return isTokenLimitRefusal(exchange) ? 'refused by the token limit' : describeAnswer(exchange);
}
