import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { checkNames } from '../../src/audit/declaration';
import type { Report } from '../../src/audit/report';
import type { CommandApp } from '../../src/cli/command-app';
import { runCommandLine } from '../../src/cli/command-line';
import type { Settings } from '../../src/config';
import { aConfigFile, parsed } from '../a-config';
import { aReportDraft } from '../audit/a-report-draft';

export interface CommandSurroundings {
  readonly app?: CommandApp;
  readonly env?: Settings;
  readonly folder?: string;
  /** Columns of a terminal; absent: output goes into a pipe. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

const notAsked = () => Promise.reject(new Error('This test expects that nobody asks for this.'));

/** An app of which a command asks nothing but what a test gives. */
export function anAppWith(parts: Partial<CommandApp>): CommandApp {
  return {
    config: parsed(aConfigFile()),
    audit: notAsked,
    limitStatusOf: notAsked,
    limitStatuses: notAsked,
    history: notAsked,
    usage: notAsked,
    readAudit: notAsked,
    integrity: notAsked,
    diff: notAsked,
    verifyDigests: notAsked,
    // biome-ignore lint/correctness/useYield: it only fails.
    async *rejudge() {
      await notAsked();
    },
    ...parts,
  };
}

/** Runs a command line in this process and answers all that it printed. */
export async function outputOf(args: readonly string[], surroundings: CommandSurroundings = {}) {
  const { app, columns } = surroundings;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const stdout = Object.assign(new PassThrough(), terminal);
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCommandLine(
    args,
    {
      stdout,
      stderr,
      env: surroundings.env ?? {},
      folder: surroundings.folder ?? __dirname,
      signal: surroundings.signal ?? new AbortController().signal,
    },
    {
      openApp: async () => {
        if (!app) throw new Error('This test expects no app to be opened.');
        return app;
      },
      availableChecks: checkNames,
      version: '1.2.3',
    },
  );
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { exitCode, stdout: out, stderr: err };
}

/** A finished audit without findings, but for what matters to a test. */
export function aReport(parts: Pick<Report, 'customerId' | 'check' | 'verdict'> & Partial<Report>): Report {
  return { ...aReportDraft({ findings: [], trigger: 'cli' }), sequence: 1, previousHash: 'p', hash: 'h', ...parts };
}
