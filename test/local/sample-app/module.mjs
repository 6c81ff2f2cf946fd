import { app } from '@azure/functions';

app.http('from-module', { handler: () => ({ body: 'an ES module' }) });
