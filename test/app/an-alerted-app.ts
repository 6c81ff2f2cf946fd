import { QueueClient } from '@azure/storage-queue';
import type { AlertOutcome } from '../../src/audit/alerts/deliver-alert';
import { readAlert } from '../../src/functions/read-alert';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../adapters/local-server';
import { alertQueueBeside } from '../adapters/storage/azurite-storage';
import { azuriteConnectionString } from '../azurite';
import { anApp, type TestApp, type TestAppSetting } from './an-app';

export const webhookSecret = Buffer.alloc(32, 7).toString('base64');

export interface AlertedApp {
  readonly tested: TestApp;
  readonly webhook: LocalServer;
  /** Takes what waits in the queue of alerts, however long it was to wait, and hands each message to an app. */
  deliver(by?: TestApp): Promise<readonly AlertOutcome[]>;
  /** What waits in the queue of alerts; it is taken out. */
  takeMessages(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** An app that alerts a real web server of everything, signed. */
export async function anAlertedApp(
  answerTo: (request: ReceivedRequest, index: number) => Answer,
  setting: TestAppSetting = {},
): Promise<AlertedApp> {
  let asked = 0;
  const webhook = await startServer((request) => answerTo(request, asked++));
  const tested = await anApp({
    customers: [{ checks: ['limit-status'] }],
    ...setting,
    rest: { alerts: [{ webhook: { setting: 'HOOK' }, secret: { setting: 'HOOK_SECRET' } }], ...setting.rest },
    settings: { HOOK: `http://127.0.0.1:${webhook.port}/hook?token=canary`, HOOK_SECRET: webhookSecret },
  });
  const queue = new QueueClient(await azuriteConnectionString(), alertQueueBeside(tested.names));

  async function takeMessages(): Promise<readonly unknown[]> {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
    for (const { messageId, popReceipt } of receivedMessageItems) await queue.deleteMessage(messageId, popReceipt);
    return receivedMessageItems.map(({ messageText }) =>
      JSON.parse(Buffer.from(messageText, 'base64').toString('utf8')),
    );
  }

  return {
    tested,
    webhook,
    takeMessages,
    async deliver(by = tested) {
      const outcomes: AlertOutcome[] = [];
      for (const message of await takeMessages()) outcomes.push(await by.app.deliverAlert(readAlert(message)));
      return outcomes;
    },
    async close() {
      tested.close();
      await webhook.close();
    },
  };
}

/** Plans and runs all that is due; whether the gateway answers or not is the test's affair. */
export async function auditAll(tested: TestApp): Promise<void> {
  const before = tested.sent.length;
  await tested.app.planDue();
  for (const { job } of tested.sent.slice(before)) await tested.app.runJob(job, 600_000);
}
