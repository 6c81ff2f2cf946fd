const graceMs = 8_000;

/**
 * Stops orderly, with exit code 0, on the first SIGINT or SIGTERM, and at once on the second.
 */
export function stopOnSignal(stop: (graceMs: number) => Promise<void>): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
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
