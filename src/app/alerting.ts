import type { AlertMessage } from '../audit/alerts/alert-store';
import { type AlertOutcome, deliverAlert } from '../audit/alerts/deliver-alert';
import { type ToldChange, tellChanges } from '../audit/alerts/tell-changes';
import { utcDayOf } from '../audit/running/day-budget';
import type { Assembly } from './assemble';

/** What tells people of changes. */
export interface Alerting {
  /** Hands changes over to the queue of alerts. */
  tellChanges(): Promise<readonly ToldChange[]>;
  /** Sends a message of that queue. */
  deliverAlert(message: AlertMessage): Promise<AlertOutcome>;
  /** Forgets who was told what so long ago that nothing of it can come again. */
  purgeAlerts(): Promise<void>;
}

/** Longer than an event is tried. */
const deliveriesKeptMs = 30 * 86_400_000;

export function alerting({ config, clock, storage, postToWebhook }: Assembly): Alerting {
  const webhooks = config.alerts.map(({ webhook, on }) => ({ webhook: webhook.setting, on }));
  return {
    tellChanges: async () => tellChanges({ storage: await storage(), webhooks }),
    async deliverAlert(message) {
      const { alerts } = await storage();
      return deliverAlert(message, { alerts, clock, post: postToWebhook });
    },
    async purgeAlerts() {
      const { alerts } = await storage();
      if (webhooks.length > 0) await alerts.purgeBefore(utcDayOf(clock.nowMs() - deliveriesKeptMs));
    },
  };
}
