const graceMs = 3_000;

/**
 * Stops orderly, with exit code 0, on the first SIGINT or SIGTERM, and at once on the second.
 */
export function stopOnSignal(stop: (graceMs: number) => Promise<void>): void {
  let stoppingSinceMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    // npm passes on a Ctrl-C that the terminal has sent to us too: the same one twice.
    if (stoppingSinceMs !== null && Date.now() - stoppingSinceMs > 500) process.exit(130);
    if (stoppingSinceMs !== null) return;
    stoppingSinceMs = Date.now();
    stop(graceMs).then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`Stopping on ${signal} failed: ${error.message}\n`);
        process.exit(4);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
