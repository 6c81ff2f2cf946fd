const { app } = require('@azure/functions');

const tell = (timer, context) => context.log(JSON.stringify(timer));

app.timer('hourly', { schedule: '%SCHEDULE%', handler: tell });
app.timer('unmonitored', { schedule: '0 0 * * * *', useMonitor: false, handler: tell });
app.timer('every-ten-seconds', { schedule: '*/10 * * * * *', handler: tell });
app.timer('at-startup', { schedule: '0 0 3 1 1 *', runOnStartup: true, handler: tell });
app.timer('retried', {
  schedule: '0 0 4 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 0 } },
  handler: (_, context) => {
    const { retryCount, maxRetryCount, exception } = context.retryContext;
    context.log(JSON.stringify({ retryCount, maxRetryCount, said: exception?.message }));
    if (retryCount < 2) throw new Error(`try ${retryCount}`);
  },
});
