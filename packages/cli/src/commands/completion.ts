import type { Command } from '../command.ts';
import { usage } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type CompletionTable, SHELLS, scriptFor } from '../project/shells.ts';

/** Makes the command that prints completion scripts, from the table of all commands. */
export function completion(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    words: Object.keys(SHELLS),
    usage: Object.keys(SHELLS).join('|'),
    summary: 'print a script that completes commands and options in a shell',
    options: {},
    examples: [
      ['loop completion bash >> ~/.bashrc', 'in bash'],
      ['loop completion zsh > "${fpath[1]}/_loop"', 'in zsh'],
      ['loop completion fish > ~/.config/fish/completions/loop.fish', 'in fish'],
    ],
    run({ positionals, output }) {
      const [shell, extra] = positionals;
      const fix = `use one of: ${Object.keys(SHELLS)
        .map((name) => `loop completion ${name}`)
        .join(', ')}`;
      if (shell === undefined) throw usage('cannot print a script: no shell is given', fix);
      if (extra !== undefined) throw usage(`cannot print a script: "${extra}" is one shell too many`, fix);
      if (!Object.hasOwn(SHELLS, shell))
        throw usage(`cannot print a script for "${shell}": loop knows no such shell`, fix);
      output.out(scriptFor(shell as keyof typeof SHELLS, tableOf(commands())));
      return Promise.resolve(EXIT.ok);
    },
  };
}

function tableOf(commands: readonly Command[]): CompletionTable {
  const help = {
    name: 'help',
    summary: 'print the help of a command',
    words: commands.map(({ name }) => name),
    options: [],
  };
  const rows = commands.map(({ name, summary, words = [], options }) => ({
    name,
    summary,
    words,
    options: [
      ...Object.entries(options).map(([option, { type, short, value = '', choices, word, help: text }]) => ({
        name: option,
        short,
        help: text,
        takesValue: type === 'string',
        choices: choices ?? (/^[\w-]+(?:\|[\w-]+)+$/.test(value) ? value.split('|') : []),
        word,
      })),
      { name: 'help', short: 'h', help: 'print the help', takesValue: false, choices: [], word: undefined },
    ],
  }));
  return [...rows, help];
}
