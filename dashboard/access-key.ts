const storageName = 'gateway-audit-key';

/** The key of this tab, or null. It is kept in the session's storage only: closing the tab forgets it. */
export function readKey(): string | null {
  return sessionStorage.getItem(storageName);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(storageName, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(storageName);
}

/** Takes over a key from the address (`?code=`) and removes it there, so that it is neither bookmarked nor shared. */
export function takeKeyFromAddress(): void {
  const address = new URL(location.href);
  const code = address.searchParams.get('code');
  if (code === null) return;
  if (code !== '') keepKey(code);
  address.searchParams.delete('code');
  history.replaceState(history.state, '', address);
}
