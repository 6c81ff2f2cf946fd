import type { Command } from 'commander';
import { checkNames } from '../audit/declaration';

export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** Options whose values are known but not by commander, which is given functions that read them. */
const knownValues: Readonly<Record<string, readonly string[]>> = {
  '--check': checkNames,
  '--verdict': ['pass', 'fail', 'inconclusive'],
};

/**
 * A script that completes commands, options and their values, made from the commands that there are. Nothing is asked
 * while a user types: a shell that waits for a program at each Tab is worse than one that completes nothing.
 */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const called = `_${name.replaceAll('-', '_')}`;
  const commands = withSubcommands(program, []);
  const paths = commands.flatMap(({ path }) => (path.length > 0 ? [`"${path.join(' ')}"`] : []));
  const values = new Map(commands.flatMap(({ command }) => valuesOf(command)));
  const script = [
    `${called}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word`,
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case "\${path:+$path }$word" in`,
    `      ${paths.join('|')}) path="\${path:+$path }$word" ;;`,
    '    esac',
    '  done',
    '  case "$path" in',
    ...commands.map(({ path, command }) => `    "${path.join(' ')}") words="${wordsOf(command).join(' ')}" ;;`),
    '  esac',
    '  case "$before" in',
    ...[...values].map(([option, choices]) => `    ${option}) words="${choices.join(' ')}" ;;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    // What is none of our words may be a file.
    `complete -o default -F ${called} ${name}`,
  ];
  switch (shell) {
    case 'bash':
      return script.join('\n');
    case 'zsh':
      return ['autoload -U +X bashcompinit && bashcompinit', ...script].join('\n');
    default:
      return shell satisfies never;
  }
}

interface CommandAt {
  readonly path: readonly string[];
  readonly command: Command;
}

function withSubcommands(command: Command, path: readonly string[]): readonly CommandAt[] {
  const below = command.commands.flatMap((sub) => withSubcommands(sub, [...path, sub.name()]));
  return [{ path, command }, ...below];
}

function wordsOf(command: Command): readonly string[] {
  const options = command.options.flatMap(({ long }) => (long ? [long] : []));
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return [...command.commands.map((sub) => sub.name()), ...choices, ...options, '--help'];
}

function valuesOf(command: Command): readonly (readonly [string, readonly string[]])[] {
  return command.options.flatMap(({ long, argChoices }) => {
    const values = argChoices ?? knownValues[long ?? ''];
    return long && values ? [[long, values] as const] : [];
  });
}
