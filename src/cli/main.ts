import { version } from '../app/version';
import { checks } from '../audit/checks';
import { checkNames } from '../audit/declaration';
import type { CommandParts } from './command-app';
import { runCommandLine } from './command-line';

/* The package's command. The first Ctrl-C ends audits cleanly, the second one at once. */
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

const { stdout, stderr, env } = process;
// A reader that has seen enough (`| head`) is no error.
stdout.on('error', () => process.exit());

const io = { stdout, stderr, env, folder: process.cwd(), signal: interrupted.signal };
const openApp: CommandParts['openApp'] = (settings, options) => appModule().createApp(settings, options);
const parts = { openApp, availableChecks: checkNames.filter((name) => name in checks), version };

runCommandLine(process.argv.slice(2), io, parts).then((exitCode) => {
  process.exitCode = exitCode;
});

/** Loaded when it is wanted: a load needs no storage, and is to be light. */
function appModule(): typeof import('../app') {
  return require('../app');
}
