import type { Evidence } from '../../../src/audit/check';
import type { Declaration, Pool } from '../../../src/audit/declaration';
import type { Exchange } from '../../../src/probe/exchange';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

/** Who answered: a name; a name and a status ("A 500"); a status alone (the gateway answered); or more of an exchange. */
export type Answer = string | (Partial<Exchange> & { readonly afterMs?: number });

export const firstMs = Date.UTC(2026, 0, 5, 12);

/** Evidence of probes sent one after another, each answered after 100 ms, `everyMs` apart. */
export function anAudit(
  answers: readonly Answer[],
  pool: Pool,
  { everyMs = 200, ...more }: Partial<Evidence> & { readonly everyMs?: number } = {},
): Evidence {
  const exchanges = answers.map((answer, index) => {
    const sentMs = firstMs + index * everyMs;
    return anExchange({
      probe: index + 1,
      intendedMs: sentMs,
      sentMs,
      headersMs: sentMs + 100,
      receivedMs: sentMs + 100,
      ...(typeof answer === 'string' ? read(answer) : answer),
    });
  });
  return {
    declared: aPoolDeclaration(pool),
    startedMs: firstMs,
    finishedMs: firstMs + answers.length * everyMs,
    exchanges,
    priorCharges: [],
    ledgerSinceMs: 0,
    stoppedBecause: 'all that this audit can see was seen',
    ...more,
  };
}

export function aPoolDeclaration(pool: Pool, gateway: Partial<Declaration['gateway']> = {}): Declaration {
  const plain = aDeclaration({}, { pool, ...gateway });
  const headers = { ...plain.gateway.headers, consumedTokens: null, remainingTokens: null };
  return { ...plain, gateway: { ...plain.gateway, headers } };
}

function read(answer: string): Partial<Exchange> {
  const [, name = '', status = '200'] = /^(.*?)\s*(\d{3})?$/.exec(answer) ?? [];
  const backend = name === '' ? null : name;
  if (status === '200') return { backend };
  const refusedBy = status === '429' ? (backend === null ? 'gateway-other' : 'model') : null;
  return { backend, status: Number(status), usage: null, refusedBy, message: 'It failed.' };
}
