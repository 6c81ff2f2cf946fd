export interface ApimResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly service: string;
}

const form =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ApiManagement\/service\/([^/]+)\/?$/i;

/** Reads an API Management service's resource id; null for anything else. */
export function apimResourceIn(resourceId: string): ApimResourceId | null {
  const [, subscriptionId, resourceGroup, service] = form.exec(resourceId.trim()) ?? [];
  return subscriptionId && resourceGroup && service ? { subscriptionId, resourceGroup, service } : null;
}
