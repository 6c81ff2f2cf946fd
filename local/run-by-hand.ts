import type { FunctionDefinition } from './function-definition';
import type { Invoke, TriggerInput } from './invoke';
import { toQueueInput } from './queues/message-input';
import { toTimerInput } from './timers/timer-input';
import type { TimerStatuses } from './timers/timer-status';

/** Starts a function that is not triggered by HTTP, with an input; null where there is none of that name. */
export type RunByHand = (name: string, input: string) => Promise<void> | null;

export function createRunByHand(
  functions: readonly FunctionDefinition[],
  parts: { readonly invoke: Invoke; readonly statuses: TimerStatuses | null },
): RunByHand {
  return (name, input) => {
    const found = functions.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!found || found.trigger.kind === 'http') return null;
    const run = async (): Promise<void> => {
      await parts.invoke(found, await toInput(found, input, parts.statuses));
    };
    // A failure is the invocation's to log: nobody waits for the end.
    return run().catch(() => undefined);
  };
}

async function toInput(
  { name, trigger }: FunctionDefinition,
  input: string,
  statuses: TimerStatuses | null,
): Promise<TriggerInput> {
  switch (trigger.kind) {
    case 'timer':
      return toTimerInput(trigger.useMonitor ? ((await statuses?.read(name)) ?? null) : null, 'on time');
    case 'queue':
      return toQueueInput(input, null);
    case 'http':
      throw new Error('HTTP functions are not run by hand.');
    default:
      return trigger satisfies never;
  }
}
