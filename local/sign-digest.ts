import type { App } from '../src/app';

/** Signs what the first audits have left, which would else wait for the hour, and says so in a line. */
export async function signDigest(app: Pick<App, 'writeDigest'>, print: (line: string) => void): Promise<void> {
  try {
    const digest = await app.writeDigest();
    if (digest === null) return;
    const when = digest.isNew ? 'now and on every hour' : 'on every hour';
    print(`digest      number ${digest.number} of ${digest.to}; every chain's head is signed ${when}`);
  } catch (error) {
    print(`trouble: ${(error as Error).message}`);
  }
}
