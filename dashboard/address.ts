/** Where the page shows a customer, as a link's address. */
export function customerAddress(customerId: string): string {
  return `#/customers/${encodeURIComponent(customerId)}`;
}

export function auditAddress(customerId: string, auditId: string): string {
  return `${customerAddress(customerId)}/audits/${auditId}`;
}

/** Where it shows what changed from the audit `against` to the audit `auditId`. */
export function diffAddress(
  customerId: string,
  { against, auditId }: { readonly against: string; readonly auditId: string },
): string {
  return `${customerAddress(customerId)}/diff/${against}/${auditId}`;
}
