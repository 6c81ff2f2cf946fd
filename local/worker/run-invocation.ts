import {
  type CoreInvocationContext,
  type Handler,
  type HookContext,
  type Registry,
  runHooks,
  type WriteLog,
} from './functions-core';
import type { InvocationRequest, InvocationResponse } from './messages';

/**
 * Runs one invocation as the platform's worker does: arguments, preInvocation hooks (which may change inputs and
 * handler), the handler, postInvocation hooks (which may change result and error), the response. Rejects with
 * whatever was thrown on the way.
 */
export async function runInvocation(
  registry: Registry,
  request: InvocationRequest,
  writeLog: WriteLog,
): Promise<InvocationResponse> {
  const registered = registry.functions.get(request.functionId);
  if (!registered || !registry.model) throw new Error(`No function "${request.functionId}" is registered.`);

  const coreContext: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: { ...registered.metadata, functionId: request.functionId },
    state: undefined,
    log: (level, category, message) => {
      const entry: HookContext = { hookData: {}, level, category, message, invocationContext };
      if (category === 'user') for (const hook of registry.hooks.log) hook(entry);
      writeLog(entry.level as typeof level, category, String(entry.message));
    },
  };
  let invocationContext: unknown;
  const model = registry.model.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  invocationContext = context;
  const hookData = {};

  coreContext.state = 'preInvocationHooks';
  const before: HookContext = { hookData, inputs, functionCallback: registered.handler, invocationContext };
  await runHooks(registry.hooks.preInvocation, before);

  coreContext.state = 'invocation';
  const after: HookContext = { hookData, inputs: before.inputs, result: null, error: null, invocationContext };
  try {
    after.result = await model.invokeFunction(context, before.inputs as unknown[], before.functionCallback as Handler);
  } catch (error) {
    after.error = error ?? new Error('Unknown error');
  }

  coreContext.state = 'postInvocationHooks';
  await runHooks(registry.hooks.postInvocation, after);
  coreContext.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return await model.getResponse(context, after.result);
}
