const longestId = 63;

/** A configuration's id as near to a name as its form allows. */
export function idFrom(name: string): string {
  const id = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return id.slice(0, longestId) || 'unnamed';
}

/** The name of the setting that is to hold a subscription's key. */
export function keySettingFor(subscription: string): string {
  const name = subscription.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return `${/^[A-Z_]/.test(name) ? '' : 'KEY_'}${name}`.slice(0, longestId - '_KEY'.length).concat('_KEY');
}
