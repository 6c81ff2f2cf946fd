/**
 * Arguments for `node` that make a child with an IPC channel end when its parent does, however the parent ended: first
 * asked (SIGTERM, so that it may write what it holds), after five seconds without being asked.
 */
export const leaveWithParent: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    "process.once('disconnect', () => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => process.exit(1), 5000).unref(); });",
  )}`,
];
