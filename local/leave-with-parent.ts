/**
 * Arguments for `node` that make a child with an IPC channel end when its parent does, however the parent ended: first
 * asked (SIGTERM, so that it may write what it holds), after five seconds without being asked. What it still prints then
 * goes into a pipe that nobody reads: that must not end it before it has written what it holds.
 */
export const leaveWithParent: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    "for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); process.once('disconnect', () => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(1), 5000).unref(); });",
  )}`,
];
