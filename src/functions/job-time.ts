/** How long a job may take. host.json ends an invocation after ten minutes; the last one is for saving what was seen. */
export const jobMayTakeMs = 9 * 60_000;
