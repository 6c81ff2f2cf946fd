import { Argument, Command, CommanderError, Option } from 'commander';
import { describeSimulatorCommand, type SimulatorOptions } from '../../simulator/command';
import { exportFormats } from '../api/history-export';
import { configJsonSchema } from '../config';
import type { CommandParts } from './command-app';
import { type CommandIo, printLine } from './command-io';
import { completionScript, type Shell, shells } from './completion';
import { type ConfigCheckOptions, configCheckCommand } from './config-check-command';
import type { FromEnvOptions } from './config-from-env';
import { configFromEnvCommand } from './config-from-env-command';
import { describeLoad } from './describe-load';
import { type DiffOptions, diffCommand } from './diff-command';
import type { ExamOptions } from './exam-command';
import { exitCodeOfError, exitCodes } from './exit-code';
import { type ExportOptions, exportCommand } from './export-command';
import { type HistoryOptions, historyCommand } from './history-command';
import { type ImportOptions, importCommand } from './import-command';
import { loadCommand } from './load-command';
import { collectChecks, collectTexts, parseCheckName, parseCount, parseMoment, parseVerdict } from './option-values';
import { printError } from './print-error';
import { type RejudgeOptions, rejudgeCommand } from './rejudge-command';
import { type ReportOptions, reportCommand } from './report-command';
import { type RunOptions, runCommand } from './run-command';
import { simulatorCommand } from './simulator-command';
import { type StatusOptions, statusCommand } from './status-command';
import { type UsageOptions, usageCommand } from './usage-command';
import { type VerifyOptions, verifyCommand } from './verify-command';

/** Runs one command line (without the program's own name) and answers its exit code. Throws nothing. */
export async function runCommandLine(
  args: readonly string[],
  io: CommandIo,
  parts: CommandParts & { readonly version: string },
): Promise<number> {
  const ended = { exitCode: exitCodes.pass as number };
  const program = new Command('gateway-audit')
    .description('Audits whether an API gateway in front of Azure OpenAI keeps the token limits that it promises.')
    .version(parts.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help for what is possible)');
  const ends = (exitCode: number) => {
    ended.exitCode = exitCode;
  };
  addRun(program, async (options) => ends(await runCommand(options, io, parts)));
  addConfig(program, io, parts, ends);
  addHistory(program, io, parts, ends);
  addUsage(program, io, parts, ends);
  addProof(program, io, parts, ends);
  addRejudge(program, io, parts, ends);
  addImport(program, async (options) => ends(await importCommand(options, io)));
  describeLoad(program, async (options) => ends(await loadCommand(options, io, parts)));
  addExam(program, async (options) => ends(await examModule().examCommand(options, io)));
  addSimulator(program, async (options) => ends(await simulatorCommand(options, io)));
  addCompletion(program, io);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ended.exitCode;
  } catch (error) {
    // Commander has printed its own, and help that was asked for is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.badUsage;
    printError(error, io);
    return exitCodeOfError(error);
  }
}

const configOption = ['--config <file>', 'the configuration (default: the setting AUDIT_CONFIG)'] as const;

function addRun(program: Command, action: (options: RunOptions) => Promise<void>): void {
  program
    .command('run')
    .description(
      'runs audits now, in this process; the exit code tells the worst verdict: 0 pass, 1 fail, 2 inconclusive',
    )
    .option(...configOption)
    .addOption(
      new Option('--customer <id>', 'audit only this customer; may be given several times')
        .argParser(collectTexts)
        .default([], 'all'),
    )
    .addOption(
      new Option('--check <name>', 'run only this check; may be given several times')
        .argParser(collectChecks)
        .default([], 'each that the customer has'),
    )
    .option('--parallel <n>', 'how many audits may run at once', parseCount(64), 4)
    .option('--json', 'print {"reports":[…]} instead of a table')
    .option('--store', 'write the audits to the history as well')
    .action(action);
}

function addConfig(program: Command, io: CommandIo, parts: CommandParts, ends: (exitCode: number) => void): void {
  const config = program.command('config').description('checks, describes and makes configurations');
  config
    .command('check')
    .description('names the problems of a configuration, and what its audits will cost')
    .argument('<file>')
    .option('--no-keys', "don't ask whether the settings that hold keys are set")
    .option('--json', 'print JSON instead of a table; problems too')
    .action(async (file: string, options: ConfigCheckOptions) =>
      ends(await configCheckCommand(file, options, { io, availableChecks: parts.availableChecks })),
    );
  config
    .command('schema')
    .description('prints the JSON Schema of a configuration')
    .action(() => printLine(io.stdout, JSON.stringify(configJsonSchema(), null, 2)));
  config
    .command('from-env')
    .description('makes a configuration from the variables APIM_TPM_…, APIM_USAGE_… and APIM_LB_… that are set')
    .requiredOption('--tokens-per-minute <n>', 'the limit that was promised', parseCount(1_000_000_000))
    .action(async (options: FromEnvOptions) => ends(await configFromEnvCommand(options, io)));
}

function addHistory(program: Command, io: CommandIo, parts: CommandParts, ends: (exitCode: number) => void): void {
  program
    .command('status')
    .description('what is known of every customer, or of one: limit, throttling, latest verdicts')
    .argument('[customer]')
    .option(...configOption)
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string | undefined, options: StatusOptions) =>
      ends(await statusCommand(customerId, options, { ...parts, io })),
    );
  program
    .command('history')
    .description('the audits of a customer, newest first')
    .argument('<customer>')
    .option(...configOption)
    .option('--check <name>', 'only this check', parseCheckName)
    .option('--verdict <verdict>', 'only this verdict', parseVerdict)
    .option('--from <moment>', 'from then on, such as 2026-11-22 or 2026-11-22T14:00:00Z', parseMoment)
    .option('--to <moment>', 'up to then', parseMoment)
    .option('--top <n>', 'at most so many', parseCount(1000), 50)
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string, options: HistoryOptions) =>
      ends(await historyCommand(customerId, options, { ...parts, io })),
    );
}

function addUsage(program: Command, io: CommandIo, parts: CommandParts, ends: (exitCode: number) => void): void {
  program
    .command('usage')
    .description('what our audits used of every customer, or of one, by day; with prices what that costs')
    .argument('[customer]')
    .option(...configOption)
    .option('--from <day>', 'from that UTC day on, such as 2026-11-22', parseMoment)
    .option('--to <day>', 'up to that day', parseMoment)
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string | undefined, options: UsageOptions) =>
      ends(await usageCommand(customerId, options, { ...parts, io })),
    );
}

function addProof(program: Command, io: CommandIo, parts: CommandParts, ends: (exitCode: number) => void): void {
  program
    .command('export')
    .description('the whole history of a customer, newest first, as CSV or as one JSON report a line')
    .argument('<customer>')
    .option(...configOption)
    .addOption(new Option('--format <format>', 'csv or ndjson').choices(exportFormats).default('csv'))
    .option('--check <name>', 'only this check', parseCheckName)
    .option('--verdict <verdict>', 'only this verdict', parseVerdict)
    .option('--from <moment>', 'from then on, such as 2026-11-22 or 2026-11-22T14:00:00Z', parseMoment)
    .option('--to <moment>', 'up to then', parseMoment)
    .action(async (customerId: string, options: ExportOptions) =>
      ends(await exportCommand(customerId, options, { ...parts, io })),
    );
  program
    .command('verify')
    .description('whether the stored histories, or one, are what was once saved: exit code 0 intact, 1 broken')
    .argument('[customer]')
    .option(...configOption)
    .option('--digests', 'hold them against all signed digests, too; exit code 2 where there are none yet')
    .option(
      '--public-key <file>',
      'PEM: believe its signatures instead of AUDIT_SIGNING_KEY; may be given several times',
      collectTexts,
      [],
    )
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string | undefined, options: VerifyOptions) =>
      ends(await verifyCommand(customerId, options, { ...parts, io })),
    );
  program
    .command('report')
    .description('the audit pack of a customer: one HTML file that opens anywhere, on stdout')
    .argument('<customer>')
    .option(...configOption)
    .option('--from <moment>', 'from then on, such as 2026-11-22 or 2026-11-22T14:00:00Z', parseMoment)
    .option('--to <moment>', 'up to then', parseMoment)
    .action(async (customerId: string, options: ReportOptions) =>
      ends(await reportCommand(customerId, options, { ...parts, io })),
    );
  program
    .command('diff')
    .description('what changed between two audits of one check')
    .argument('<customer>')
    .argument('<audit>', "the later audit's id")
    .option(...configOption)
    .requiredOption('--against <audit>', "the earlier audit's id")
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string, auditId: string, options: DiffOptions) =>
      ends(await diffCommand({ customerId, auditId }, options, { ...parts, io })),
    );
}

function addRejudge(program: Command, io: CommandIo, parts: CommandParts, ends: (exitCode: number) => void): void {
  program
    .command('rejudge')
    .description(
      "stored evidence judged again by today's rules, against what was declared then; history stays as it is",
    )
    .argument('[customer]')
    .option(...configOption)
    .option('--check <check>', 'only audits of this check', parseCheckName)
    .option('--audit <auditId>', 'only this audit')
    .option(
      '--store',
      'record each judgement in the history, beside the audit that it names; once a version of the rules',
    )
    .option('--json', 'print JSON instead of a table')
    .action(async (customerId: string | undefined, options: RejudgeOptions) =>
      ends(await rejudgeCommand(customerId, options, { ...parts, io })),
    );
}

function addImport(program: Command, action: (options: ImportOptions) => Promise<void>): void {
  program
    .command('import')
    .description("a configuration, from an API Management's own: from the service, or from a folder of its files")
    .option('--resource-id <id>', "the service's resource id; it is read as the identity that is signed in")
    .option('--folder <folder>', 'a folder of policy files instead (docs/import.md)')
    .addOption(
      new Option('--api <name>', 'the API; may be given several times')
        .argParser(collectTexts)
        .default([], 'all that a folder holds'),
    )
    .option('--product <name>', 'only the keys of this product')
    .option('--deployment <name>', 'the model deployment, where no backend names it')
    .option('--api-version <version>', 'the api-version that callers ask for')
    .option('--gateway-url <url>', "the gateway's address, where the service does not tell it or has another")
    .option('--tokens-per-minute <n>', "for customers whose limit can't be told", parseCount(1_000_000_000))
    .action(action);
}

function addExam(program: Command, action: (options: ExamOptions) => Promise<void>): void {
  program
    .command('exam')
    .description('every check against the healthy and the faulty gateways of the simulator; exit code 0: none is wrong')
    .addOption(new Option('--json', 'print JSON instead of a table').conflicts('markdown'))
    .option('--markdown', 'print the tables of docs/zoo.md')
    .action(action);
}

function addSimulator(program: Command, action: (options: SimulatorOptions) => Promise<void>): void {
  program.addCommand(describeSimulatorCommand().copyInheritedSettings(program).action(action));
}

function addCompletion(program: Command, io: CommandIo): void {
  program
    .command('completion')
    .description('a script that completes commands and options; for bash: source <(gateway-audit completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => printLine(io.stdout, completionScript(program, shell)));
}

/** Loaded when it is wanted: the exam brings the whole app and the simulator along. */
function examModule(): typeof import('./exam-command') {
  return require('./exam-command');
}
