import { homedir } from 'node:os';
import { join } from 'node:path';
import { openChargeFile } from '../adapters/charge-file';
import type { CounterCharges } from '../audit/ports';
import type { Settings } from '../config';

/** The last charges of what the command line sends without storage: a file of this user on this machine. */
export function openCharges(settings: Settings): CounterCharges {
  return openChargeFile(join(stateFolderOf(settings), 'gateway-audit', 'charges.json'));
}

/** Where programs keep what should outlive a run (XDG Base Directory Specification). */
function stateFolderOf(settings: Settings): string {
  return settings.XDG_STATE_HOME || join(settings.HOME || homedir(), '.local', 'state');
}
