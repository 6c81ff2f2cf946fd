import type { Check } from '../check';
import { judgeConfigDrift } from '../config-drift/judge';

/** Is what the gateway's own configuration says what was declared, and what is enforced? Sends no probe. */
export const configDrift: Check = {
  name: 'config-drift',
  saturates: false,
  sendsNothing: true,
  knows: ['config-drift', 'token-limit'],
  next: ({ apimReading }) =>
    apimReading === undefined
      ? { do: 'read-apim', phase: 'reading the declared configuration' }
      : { do: 'stop', because: 'the declared configuration was read' },
  judge: judgeConfigDrift,
};
