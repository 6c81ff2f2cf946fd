import { AuditorError } from '../auditor-error';

export interface ApimResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly service: string;
}

/** Reads an API Management service's resource id. Throws `bad-usage` for anything else. */
export function parseApimResourceId(resourceId: string): ApimResourceId {
  const form =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ApiManagement\/service\/([^/]+)\/?$/i;
  const [, subscriptionId, resourceGroup, service] = form.exec(resourceId.trim()) ?? [];
  if (subscriptionId && resourceGroup && service) return { subscriptionId, resourceGroup, service };
  throw new AuditorError(
    'bad-usage',
    `"${resourceId}" is no API Management service's resource id. Write /subscriptions/…/resourceGroups/…/providers/Microsoft.ApiManagement/service/…, as its Properties page in the portal shows it.`,
  );
}
