import { app } from '@azure/functions';
import { describeFault } from './describe-fault';
import { toApiRequest, toHttpResponse } from './http-messages';
import { loadWork } from './load-work';

/* The page itself holds no data: it asks the other routes, with a key. */
app.http('dashboard', {
  methods: ['GET', 'HEAD'],
  route: 'dashboard/{*file}',
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const { answerDashboard } = await loadWork();
    const response = answerDashboard(await toApiRequest(request, context));
    if (response.fault !== undefined) context.error(describeFault(response.fault));
    return toHttpResponse(response);
  },
});
