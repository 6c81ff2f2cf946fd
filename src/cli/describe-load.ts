import { type Command, Option } from 'commander';
import type { LoadOptions } from './load-command';
import { collectShares, parseLoadDuration, parsePromptTokens, parseRate } from './load-option-values';
import { parseCount } from './option-values';

const mostAtOnce = 10_000;
const mostSeed = 2 ** 31 - 1;

/** Adds `load` and its options to the program. */
export function describeLoad(program: Command, action: (options: LoadOptions) => Promise<void>): void {
  program
    .command('load')
    .description(
      'puts load on a gateway and measures what its callers wait for, from the moment each was to start; it spends real tokens',
    )
    .option('--endpoint <url>', 'what stands before /openai/deployments/…')
    .option('--deployment <name>', 'the deployment')
    .option('--api-version <version>', 'the api-version')
    .option('--key-setting <name>', 'the setting (environment variable) that holds the key')
    .option('--key-header <name>', 'the header that shows the key', 'api-key')
    .addOption(new Option('--api <api>', 'the form of its paths').choices(['deployments', 'v1']).default('deployments'))
    .option('--config <file>', 'gateways and keys of a configuration, instead of the flags above')
    .addOption(
      new Option(
        '--customer <id[=part]>',
        'a customer of that configuration, and its part of the load; may be given several times',
      )
        .argParser(collectShares)
        .default([], 'none'),
    )
    .option('--rate <n>', 'so many requests a second, whether or not they are answered in time', parseRate)
    .option(
      '--concurrency <n>',
      'instead: so many callers, each asks again when it was answered',
      parseCount(mostAtOnce),
    )
    .requiredOption('--duration <duration>', 'for how long, ISO 8601, such as PT20S', parseLoadDuration)
    .option('--poisson', 'at random, as independent users come, with --rate on average')
    .option('--ramp-to <n>', 'steadily from --rate to this rate', parseRate)
    .option('--burst <n>', 'so many at one moment, then none until --rate asks for the next', parseCount(mostAtOnce))
    .option('--seed <n>', 'of what is drawn at random', parseCount(mostSeed), 1)
    .option('--stream', 'ask for streamed answers, and measure when their words come')
    .addOption(
      new Option('--prompt-tokens <n>', 'size of the prompts, or a range such as 100-2000')
        .argParser(parsePromptTokens)
        .default(parsePromptTokens('20'), '20'),
    )
    .option('--max-tokens <n>', 'cap on what each answer may cost', parseCount(mostAtOnce * 10), 10)
    .option('--json', 'print JSON instead of a table')
    .action(action);
}
