import { app } from '@azure/functions';
import { answer } from '../api/answer';
import { type Route, type RouteName, routes } from '../api/routes';
import { hostApp } from '../app';
import { describeFault } from './describe-fault';
import { toApiRequest, toHttpResponse } from './http-messages';

/* One function a route, named like it. */
for (const [name, { method, path, access }] of Object.entries(routes) as [RouteName, Route][]) {
  app.http(name, {
    methods: [method],
    route: path,
    authLevel: access === 'anyone' ? 'anonymous' : 'function',
    handler: async (request, context) => {
      const response = await answer(name, await toApiRequest(request, context), hostApp);
      if (response.fault !== undefined) context.error(describeFault(response.fault));
      return toHttpResponse(response);
    },
  });
}
