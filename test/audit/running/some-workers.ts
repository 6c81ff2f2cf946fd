import type { AuditJob } from '../../../src/audit/ports';
import { anApp, type TestApp, type TestAppSetting } from '../../app/an-app';

export const tenMinutesMs = 600_000;

/** Workers of one storage and one clock; what is due has been planned, and the first has sent its messages. */
export async function someWorkers(count: number, setting: TestAppSetting): Promise<TestApp[]> {
  const first = await anApp(setting);
  await first.app.planDue();
  const others = Array.from({ length: count - 1 }, () => anApp({ ...setting, worksBeside: first }));
  return [first, ...(await Promise.all(others))];
}

/** Delivers every job to the workers, and what they put back, until nothing is left; answers what is left after 100 rounds. */
export async function workOff(jobs: readonly AuditJob[], all: readonly TestApp[]): Promise<readonly AuditJob[]> {
  const [first] = all;
  const ofPlanner = first?.sent.length ?? 0;
  const taken = new Map<TestApp, number>(all.map((worker) => [worker, worker === first ? ofPlanner : 0]));
  let left: readonly AuditJob[] = jobs;
  for (let round = 0; left.length > 0 && round < 100; round++) {
    await Promise.all(left.map((job, at) => all[at % all.length]?.app.runJob(job, tenMinutesMs)));
    left = all.flatMap((worker) => worker.sent.slice(taken.get(worker)).map(({ job }) => job));
    for (const worker of all) taken.set(worker, worker.sent.length);
    await first?.pass(20_000);
  }
  return left;
}

/** The ids that `anApp` gives to so many customers. */
export function customerIds(count: number): string[] {
  return ['contoso', ...Array.from({ length: count - 1 }, (_, at) => `customer-${at + 1}`)];
}
