import type { ProbeRequest } from './exchange';

/** What the probes of a load ask. Tokens; a share is a weight beside the others'. */
export interface LoadQuestion {
  readonly customers: readonly { readonly id: string; readonly share: number }[];
  readonly streamed: boolean;
  readonly promptTokens: { readonly least: number; readonly most: number };
  readonly maxCompletionTokens: number;
}

/** Multiples of these, without their whole part, fill 0 to 1 evenly whatever their number (Weyl, 1916). */
const forCustomers = (Math.sqrt(5) - 1) / 2;
const forSizes = Math.SQRT2 - 1;

/**
 * What probe n (from 1) of a load asks: customers in proportion to their shares and prompts evenly spread over the sizes,
 * each mixed as evenly as can be, and the same each time.
 */
export function loadRequestOf(question: LoadQuestion): (probe: number) => ProbeRequest {
  const { customers, promptTokens, streamed, maxCompletionTokens } = question;
  const allShares = customers.reduce((sum, { share }) => sum + share, 0);
  const sizes = promptTokens.most - promptTokens.least + 1;
  return (probe) => ({
    step: 'load',
    surface: 'chat',
    streamed,
    credential: 'customer',
    customerId: customerAt(((probe * forCustomers) % 1) * allShares),
    promptTokens: promptTokens.least + Math.floor(((probe * forSizes) % 1) * sizes),
    maxCompletionTokens,
  });

  function customerAt(place: number): string {
    let end = 0;
    const found = customers.find(({ share }) => {
      end += share;
      return place < end;
    });
    return found?.id ?? customers.at(-1)?.id ?? '';
  }
}
