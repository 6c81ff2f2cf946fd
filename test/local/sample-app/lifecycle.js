const { app } = require('@azure/functions');

process.stdout.write('said while loading\n');
let starts = 0;

app.hook.appStart(() => {
  starts += 1;
});
app.hook.preInvocation((context) => {
  context.hookData.tag = 'from the hook';
  if (context.invocationContext.functionName === 'replaced') {
    context.functionHandler = () => ({ body: 'another handler' });
  }
});
app.hook.postInvocation((context) => {
  context.invocationContext.log(`after, ${context.hookData.tag}`);
  if (context.invocationContext.functionName === 'forgiven') context.error = null;
});
app.hook.log((context) => {
  if (context.message === 'rewrite me') context.message = 'rewritten';
});

app.http('started', { handler: () => ({ jsonBody: { starts, pid: process.pid } }) });
app.http('replaced', { handler: () => ({ body: 'the registered handler' }) });
app.http('forgiven', {
  handler: () => {
    throw new Error('let go');
  },
});
app.http('logs', {
  handler: (_, context) => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error']) context[level](`${level} line`);
    context.log('rewrite me');
    return { body: process.env.GREETING };
  },
});
app.http('dies', {
  handler: () => {
    Promise.reject(new Error('nobody handles this'));
    return new Promise(() => undefined);
  },
});
app.http('waits', { handler: () => new Promise(() => undefined) });
app.http('registers-late', {
  handler: () => {
    app.http('late', { handler: () => ({}) });
    return {};
  },
});
app.http('slow', {
  handler: async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return { body: 'done all the same' };
  },
});
app.hook.appTerminate(() => {
  process.stdout.write('said at the end\n');
});
