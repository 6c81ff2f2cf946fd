import { isLikelyCached } from '../likely-cached';
import type { Finding } from '../verdict';
import { isAnswer } from './outcomes';
import { keyOf } from './pool-view';
import { listOf, type View } from './view';

/** Does the backend header say which member answered? A missing or foreign name is no failure, but decides nothing. */
export function judgeIdentified({ outcomes, pool }: View): Finding {
  const answers = outcomes.filter(isAnswer);
  const unknown = answers.filter(({ group }) => group === null);
  const names = [...new Set(unknown.map(({ exchange }) => exchange.backend ?? 'no name'))];
  const known = `${answers.length - unknown.length} of ${answers.length} answers name a declared member`;
  const isIdentified = answers.length > 0 && unknown.length === 0;
  return {
    rule: 'backend-identified',
    verdict: isIdentified ? 'pass' : 'inconclusive',
    expected: `every answer names one of ${listOf(pool.groups.map((group) => group.answersAs))}`,
    observed: names.length === 0 ? known : `${known}, the others ${listOf(names)}`,
    because: isIdentified
      ? 'The backend header names a member of the pool on every answer.'
      : answers.length === 0
        ? 'Nothing was answered, so nobody could be named.'
        : 'The backend header is missing, or names somebody whom the pool does not declare.',
  };
}

/** Data residency: whatever names a backend, an answer or a refusal of a model, must name an allowed one. */
export function judgeResidency({ evidence, outcomes }: View): Finding | null {
  const { allowedBackends, headers } = evidence.declared.gateway;
  if (allowedBackends === undefined) return null;
  const allowed = new Set(allowedBackends.map(keyOf));
  const named = evidence.exchanges.flatMap(({ backend }) => (backend === null ? [] : [backend]));
  const foreign = named.filter((backend) => !allowed.has(keyOf(backend)));
  const silent = outcomes.filter(
    (one) => isAnswer(one) && one.exchange.backend === null && !isLikelyCached(one.exchange, headers),
  );
  const base = { rule: 'residency', expected: `every answer from ${listOf(allowedBackends)}` };
  if (foreign.length > 0) {
    return {
      ...base,
      verdict: 'fail',
      observed: `${foreign.length} of ${named.length} from ${listOf([...new Set(foreign)])}`,
      because: 'The backend header names a place that is not allowed.',
    };
  }
  const observed = `${named.length} answers from allowed places, ${silent.length} that name none`;
  if (named.length === 0 || silent.length > 0) {
    return {
      ...base,
      verdict: 'inconclusive',
      observed,
      because: 'Answers that do not say where they come from may come from anywhere.',
    };
  }
  return { ...base, verdict: 'pass', observed, because: 'Every answer names an allowed place.' };
}
