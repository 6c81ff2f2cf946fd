import { randomBytes, randomUUID } from 'node:crypto';
import type { AppProcess } from './app-process';
import type { FunctionDefinition } from './function-definition';
import type { HostClock } from './host-clock';
import type { Log } from './log';
import type { WriteOutputs } from './queues/queue-output';
import { retryDelayMs } from './retry-delay';
import type { InvocationResponse, RetryContext, TypedData } from './worker/messages';

export interface TriggerInput {
  readonly data: TypedData;
  readonly metadata: Readonly<Record<string, TypedData>>;
}

/** Runs a function once, retry policy and output bindings included. Rejects where it, or an output, failed at last. */
export type Invoke = (definition: FunctionDefinition, input: TriggerInput) => Promise<InvocationResponse>;

export interface InvokeParts {
  readonly app: Pick<AppProcess, 'invoke'>;
  readonly writeOutputs: WriteOutputs;
  readonly clock: HostClock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export function createInvoke(parts: InvokeParts): Invoke {
  return async (definition, input) => {
    const { retry } = definition;
    if (!retry) return await runOnce(parts, definition, { input });
    const { maxRetryCount } = retry;
    let retryContext: RetryContext = { retryCount: 0, maxRetryCount };
    while (true) {
      try {
        return await runOnce(parts, definition, { input, retryContext });
      } catch (error) {
        const retryCount = retryContext.retryCount + 1;
        if (retryCount > maxRetryCount || parts.signal.aborted) throw error;
        const { message, stack = '' } = error as Error;
        retryContext = {
          retryCount,
          maxRetryCount,
          exception: { message, source: definition.name, stackTrace: stack },
        };
        await parts.clock.sleepUntil(parts.clock.nowMs() + retryDelayMs(retry, retryCount), parts.signal);
      }
    }
  };
}

interface Attempt {
  readonly input: TriggerInput;
  readonly retryContext?: RetryContext;
}

async function runOnce(
  { app, writeOutputs, clock, log, signal }: InvokeParts,
  definition: FunctionDefinition,
  { input, retryContext }: Attempt,
): Promise<InvocationResponse> {
  const invocationId = randomUUID();
  const facts = { category: `Function.${definition.name}`, function: definition.name, invocationId };
  const startedMs = clock.nowMs();
  const tookMs = (): number => clock.nowMs() - startedMs;
  log({ level: 'debug', ...facts, message: 'Executing' });
  try {
    const response = await app.invoke({
      invocationId,
      functionId: definition.name,
      inputData: [{ name: definition.trigger.binding, data: input.data }],
      triggerMetadata: input.metadata,
      traceContext: { traceParent: `00-${hex(16)}-${hex(8)}-00`, traceState: '' },
      ...(retryContext && { retryContext }),
    });
    await writeOutputs(definition, response);
    log({ level: 'information', ...facts, message: `Executed (Succeeded, Duration=${tookMs()}ms)` });
    return response;
  } catch (error) {
    const { stack, message } = error as Error;
    // What the stop cut off is nobody's fault.
    const level = signal.aborted ? 'warning' : 'error';
    log({ level, ...facts, message: `Executed (Failed, Duration=${tookMs()}ms): ${stack ?? message}` });
    throw error;
  }
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
