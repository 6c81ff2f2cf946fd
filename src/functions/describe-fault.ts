import { AuditorError } from '../auditor-error';

/** Trouble of ours for the log: what failed and every problem where several were found, with the causes behind it. */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const problems = fault instanceof AuditorError ? (fault.details.problems ?? []) : [];
  const text = fault instanceof AuditorError ? `${fault.code}: ${fault.message}` : (fault.stack ?? fault.message);
  const cause = fault.cause === undefined ? [] : [`caused by ${describeFault(fault.cause)}`];
  return [text, ...problems.map((problem) => `- ${problem}`), ...cause].join('\n');
}
