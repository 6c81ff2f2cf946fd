import { AuditorError } from '../../auditor-error';
import type { LimitStatus, Storage } from '../ports';
import { createSlots } from '../running/exclusive';
import { type AlertChange, type AlertKind, withTold } from './alert-changes';
import { type CloudEvent, toAlertEvent } from './alert-event';

/** Somebody who is to be told. */
export interface Webhook {
  /** The name of the setting that holds its address. */
  readonly webhook: string;
  readonly on: readonly AlertKind[];
}

export interface TellSetting {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'alerts'>;
  readonly webhooks: readonly Webhook[];
}

/** A change that was handed over. */
export interface ToldChange extends AlertChange {
  readonly customerId: string;
  /** How many webhooks are told of it. */
  readonly webhooks: number;
  /** Why nobody can be told: the audit's record is not what was saved; null else. */
  readonly fault: unknown;
}

const customersAtOnce = 8;

/**
 * Hands every change that is not told yet over to the queue, one message a webhook that wants it, and then notes that it
 * was. A crash between the two sends it again, under the same id. Where nobody is to be told, changes are noted as told:
 * who configures a webhook hears of what happens from then on. So is one whose record cannot be read: it would keep
 * back all that follow it.
 */
export async function tellChanges(setting: TellSetting): Promise<readonly ToldChange[]> {
  const statuses = await setting.storage.limits.readAll();
  const inSlot = createSlots(customersAtOnce);
  const told = statuses
    .filter(({ alerts }) => alerts !== undefined && alerts.untold.length > 0)
    .map((status) => inSlot(() => tellCustomer(status, setting)));
  return (await Promise.all(told)).flat();
}

async function tellCustomer(status: LimitStatus, setting: TellSetting): Promise<readonly ToldChange[]> {
  const { customerId, alerts } = status;
  const told: ToldChange[] = [];
  for (const change of alerts?.untold ?? []) {
    told.push({ ...change, customerId, ...(await sendChange(customerId, change, setting)) });
  }
  await setting.storage.limits.update(customerId, (current) => {
    const row = current ?? status;
    return row.alerts === undefined ? row : { ...row, alerts: withTold(row.alerts, told) };
  });
  return told;
}

async function sendChange(
  customerId: string,
  change: AlertChange,
  { storage, webhooks }: TellSetting,
): Promise<Pick<ToldChange, 'webhooks' | 'fault'>> {
  const names = new Set(webhooks.filter(({ on }) => on.includes(change.kind)).map(({ webhook }) => webhook));
  if (names.size === 0) return { webhooks: 0, fault: null };
  const { event, fault } = await eventOf(customerId, change, storage);
  if (event === null) return { webhooks: 0, fault };
  for (const webhook of names) await storage.alerts.send({ webhook, event, tries: 0 });
  return { webhooks: names.size, fault: null };
}

async function eventOf(
  customerId: string,
  change: AlertChange,
  { history }: Pick<Storage, 'history'>,
): Promise<{ readonly event: CloudEvent | null; readonly fault: unknown }> {
  try {
    const stored = await history.readReport(customerId, change.auditId);
    // Purged meanwhile: nobody could look it up.
    return { event: stored && toAlertEvent(change, stored.report), fault: null };
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return { event: null, fault: error };
    throw error;
  }
}
