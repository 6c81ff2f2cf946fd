import { app } from '@azure/functions';
import { type RouteName, type RoutePath, routePaths } from '../api/route-paths';
import { describeFault } from './describe-fault';
import { toApiRequest, toHttpResponse } from './http-messages';
import { loadWork } from './load-work';

/* One function a route, named like it. */
for (const [name, { method, path, access }] of Object.entries(routePaths) as [RouteName, RoutePath][]) {
  app.http(name, {
    methods: [method],
    route: path,
    authLevel: access === 'anyone' ? 'anonymous' : 'function',
    handler: async (request, context) => {
      const { answer, hostApp } = await loadWork();
      const response = await answer(name, await toApiRequest(request, context), hostApp);
      if (response.fault !== undefined) context.error(describeFault(response.fault));
      return toHttpResponse(response);
    },
  });
}
