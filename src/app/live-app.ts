import type { ConfigSource, ConfigText } from '../adapters/config/config-source';
import type { KeptConfig } from '../adapters/storage/kept-config';
import type { AuditService } from '../api/audit-service';
import type { Clock } from '../probe/clock';
import { keptFor } from './kept-for';

/*
 * The configuration may change while the app runs. Whoever asks for the app gets it on the newest version that is in
 * order; an audit under way keeps the app, and with it the declaration, that it began with. A version that cannot be
 * used changes nothing but health, which tells. Instances come and go, so what was last in order is kept in storage: one
 * that starts while the newest version is broken, or the address silent, works on with that.
 */

/** What of an app a configuration that cannot be used shows in. */
export interface Standing extends Pick<AuditService, 'health'> {
  /** Why the newest version of the configuration is not the one in force; null where it is. */
  readonly configTrouble: unknown;
}

export interface LiveAppParts<App extends Standing> {
  readonly source: ConfigSource;
  /** Null where the configuration was deployed together with the program. */
  readonly kept: KeptConfig | null;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Throws where the text is no configuration. */
  readonly build: (text: string) => App;
}

/** Less than the half minute between runs of the timers `dispatch` and `alerts`, so that each sees the newest version. */
const rereadAfterMs = 25_000;
/** One lost answer is no trouble yet. */
const silentForMs = 5 * 60_000;

/** The app on the newest usable version of its configuration. Throws where there never was one. */
export function liveApp<App extends Standing>({ source, kept, clock, build }: LiveAppParts<App>): () => Promise<App> {
  let inForce: App | null = null;
  let seenVersion: string | null = null;
  let refusal: unknown = null;
  let silentSinceMs: number | null = null;
  let unsaved: ConfigText | null = null;

  async function refresh(): Promise<App> {
    try {
      const read = await source.read(seenVersion);
      silentSinceMs = null;
      if (read !== null) take(read);
    } catch (silence) {
      // A read that fails changes nothing for now.
      silentSinceMs ??= clock.nowMs();
      inForce ??= await fromKept();
      if (inForce === null) throw silence;
      const isLong = clock.nowMs() - silentSinceMs >= silentForMs;
      return isLong ? troubled(inForce, silence) : current(inForce);
    }
    await saveGood();
    inForce ??= await fromKept();
    if (inForce === null) throw refusal;
    return current(inForce);
  }

  function take(read: ConfigText): void {
    seenVersion = read.version;
    try {
      inForce = build(read.text);
      refusal = null;
      unsaved = read;
    } catch (error) {
      refusal = error;
    }
  }

  async function fromKept(): Promise<App | null> {
    const text = (await kept?.read().catch(noneKept)) ?? null;
    if (text === null) return null;
    try {
      return build(text);
    } catch {
      // It was in order under other settings; what is wrong with the newest version is the better news.
      return null;
    }
  }

  async function saveGood(): Promise<void> {
    if (unsaved === null || kept === null) return;
    try {
      await kept.save(unsaved.text);
      unsaved = null;
    } catch {
      // Tried again with the next look at the address; that storage is down is told by health and by every audit.
    }
  }

  const current = (app: App): App => (refusal === null ? app : troubled(app, refusal));
  return keptFor(rereadAfterMs, clock, refresh);
}

/** Storage that is down hides what is kept there; then there is none. */
const noneKept = (): null => null;

function troubled<App extends Standing>(app: App, cause: unknown): App {
  return {
    ...app,
    configTrouble: cause,
    health: async () => (await app.health()) ?? { failing: 'configuration', cause },
  };
}
