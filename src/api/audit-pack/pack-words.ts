import type { CheckName } from '../../audit/declaration';

/** What each check asks, and how, in plain words. */
export const methodOf: Readonly<Record<CheckName, string>> = {
  'limit-status':
    'One small request shows whether the gateway answers and whether its headers say what was used and what is left.',
  access:
    'Requests without a key and with a wrong key must be refused; the customer’s own key must be let in. Nothing else is asked with them.',
  'load-balance':
    'Many small requests show which backend answers. Their shares are compared with the declared weights by a sequential test, so that looking early does not make chance look like a fault. If a backend fails meanwhile, it is noted who took over and when it came back.',
  usage:
    'Requests whose cost is known from their answers are made; after the meter has settled its figures are compared with what was really used, for this customer and for streamed answers.',
  'config-drift': 'The gateway’s own configuration is read and compared with what was declared.',
  'token-limit':
    'Small requests use the customer’s tokens up until the gateway refuses. What it admitted within a minute gives an interval for the limit that is really in force. The wait that a refusal names is then put to the test: asked too early it must still refuse, asked after it must admit again.',
  isolation:
    'While one customer’s limit is used up, others are asked: they must be answered as before, since their limits are their own.',
  'client-experience':
    'A usual client library calls the gateway while it refuses, and it is noted what its caller gets to see.',
  'token-quota': 'What is left of the quota is followed, and that it ends with its period.',
};

/** What the words of the report mean. */
export const howVerdictsAreReached =
  'A verdict is pass, fail or inconclusive. Fail is said only where the evidence excludes that the promise was kept, with the allowances that a correct gateway needs; where the evidence decides nothing, the verdict is inconclusive and says why. Probes are never repeated to get a better answer, and every answer is kept.';
