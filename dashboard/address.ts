/** Where the page shows a customer, as a link's address. */
export function customerAddress(customerId: string): string {
  return `#/customers/${encodeURIComponent(customerId)}`;
}

export function auditAddress(customerId: string, auditId: string): string {
  return `${customerAddress(customerId)}/audits/${auditId}`;
}
