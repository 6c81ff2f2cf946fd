import type { ApimSource } from '../../apim/apim-source';
import { gatherConfiguration } from '../../apim/gather-configuration';
import { unreadConfiguration } from '../../apim/unread-configuration';
import type { ReadApim } from '../../audit/apim-reading';
import type { Declaration } from '../../audit/declaration';
import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { type ArmOptions, openArm } from './apim-arm';

/** A reading asks some twenty questions, a second or so each at most; whoever reads holds a lease of a minute meanwhile. */
const longestReadingMs = 40_000;

/** How the service of a gateway's declaration is asked; undefined where it declares none. Nothing is connected to before. */
export function openApim(
  { customer, gateway }: Pick<Declaration, 'customer' | 'gateway'>,
  options: Omit<ArmOptions, 'resourceId' | 'signal'> & { readonly clock: Clock },
): ReadApim | undefined {
  const { apim, surfaces } = gateway;
  if (apim === undefined) return undefined;
  const { clock, ...arm } = options;
  return async (signal) => {
    const askedMs = clock.nowMs();
    const ending = AbortSignal.timeout(longestReadingMs);
    const wanted = {
      api: apim.api,
      product: apim.product ?? null,
      subscription: customer.subscriptionId,
      called: surfaces,
      style: gateway.api,
    };
    try {
      const source: ApimSource = openArm({
        ...arm,
        resourceId: apim.resourceId,
        signal: signal === undefined ? ending : AbortSignal.any([ending, signal]),
      });
      return { askedMs, configuration: await gatherConfiguration(wanted, source) };
    } catch (error) {
      if (!(error instanceof AuditorError)) throw error;
      return { askedMs, configuration: unreadConfiguration([{ part: 'service', because: error.message }]) };
    }
  };
}
