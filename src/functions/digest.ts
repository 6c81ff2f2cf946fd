import { app } from '@azure/functions';
import { loadWork } from './load-work';

/* On every hour: the chains' heads, signed. A run that was missed is made up for as soon as the host is up again. */
app.timer('digest', {
  schedule: '0 0 * * * *',
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    const digest = await (await hostApp()).writeDigest();
    if (digest === null) context.info('no digest is signed: AUDIT_SIGNING_KEY is not set');
    else if (digest.isNew) context.info(`signed ${digest.name}: ${digest.customers} customers`);
    else context.debug(`this hour has its digest already: ${digest.name}`);
  },
});
