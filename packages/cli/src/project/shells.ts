/** What a shell completes: the commands, what may follow each, and its options. */
export type CompletionTable = readonly {
  readonly name: string;
  readonly summary: string;
  /** Words that may follow the command. */
  readonly words: readonly string[];
  readonly options: readonly {
    readonly name: string;
    /** Its one letter, if it has one. */
    readonly short: string | undefined;
    readonly help: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
    /** The one of the words that it is for, unless for all. */
    readonly word: string | undefined;
  }[];
}[];

/** The shells that have a script. */
export const SHELLS: Readonly<Record<'bash' | 'zsh' | 'fish', (table: CompletionTable) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function scriptFor(shell: keyof typeof SHELLS, table: CompletionTable): string {
  return SHELLS[shell](table);
}

function bashScript(table: CompletionTable): string {
  const cases = table.flatMap(({ name, words, options }) => {
    const offered = (word: string | undefined): string =>
      options
        .filter((option) => option.word === undefined || option.word === word)
        .map((option) => `--${option.name}`)
        .join(' ');
    return [
      ...options
        .filter(({ takesValue }) => takesValue)
        .map(
          (option) =>
            `    '${name} '*:${namesOf(option).join(`|'${name} '*:`)}) words='${option.choices.join(' ')}' ;;`,
        ),
      ...words.map((word) => `    '${name} ${word}:'*) flags='${offered(word)}' ;;`),
      `    '${name} '*) words='${words.join(' ')}' flags='${offered(undefined)}' ;;`,
    ];
  });
  return `# Completion of loop for bash: source this file.
_loop() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" second='' words='' flags='' i
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${table.map(({ name }) => name).join(' ')}' -- "$current"))
    return
  fi
  # What stands behind -- is for the component.
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [ "\${COMP_WORDS[i]}" = -- ]; then COMPREPLY=(); return; fi
  done
  # Bash takes --trust=u for three words.
  if [ "$current" = = ]; then current=''
  elif [ "$previous" = = ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if [ "$COMP_CWORD" -gt 2 ]; then second="\${COMP_WORDS[2]}"; fi
  case "\${COMP_WORDS[1]} $second:$previous" in
${cases.join('\n')}
  esac
  # Files are offered where nothing is found, so options only to who begins one.
  if [[ $current = -* && -n $flags ]]; then words=$flags; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _loop loop`;
}

function namesOf({ name, short }: CompletionTable[number]['options'][number]): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

function zshScript(table: CompletionTable): string {
  const commands = table.map(({ name, summary }) => `    ${zshQuoted(`${name}:${summary}`)}`);
  const cases = table.map(({ name, words, options }) => {
    const flags = options.flatMap((option) => {
      const { help, takesValue, choices } = option;
      const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
      const about = `[${help.replaceAll(/[[\]]/g, String.raw`\$&`)}]${takesValue ? value : ''}`;
      // A long option takes its value behind "=" too.
      const spell = (flag: string): string => (takesValue && flag.startsWith('--') ? `${flag}=` : flag);
      return namesOf(option).map((flag) => `      ${zshQuoted(`${spell(flag)}${about}`)} \\`);
    });
    const rest = words.length > 0 ? `'1:word:(${words.join(' ')})' '*:file:_files'` : "'*:file:_files'";
    return [`    ${name}) _arguments \\`, ...flags, `      ${rest} ;;`].join('\n');
  });
  return `#compdef loop
# Completion of loop for zsh: put this file into a folder of $fpath, under the name _loop.
_loop() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$name" in
${cases.join('\n')}
  esac
}
_loop "$@"`;
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function fishScript(table: CompletionTable): string {
  const names = table.map(({ name }) => name).join(' ');
  const lines = table.flatMap(({ name, summary, words, options }) => [
    `complete -c loop -n 'not __fish_seen_subcommand_from ${names}' -f -a ${name} -d ${fishQuoted(summary)}`,
    ...(words.length > 0 ? [`complete -c loop -n '__fish_seen_subcommand_from ${name}' -a '${words.join(' ')}'`] : []),
    ...options.map(({ name: flag, short, help, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesValue ? ' -r' : '';
      return `complete -c loop -n '__fish_seen_subcommand_from ${name}' -l ${flag}${short === undefined ? '' : ` -s ${short}`}${value} -d ${fishQuoted(help)}`;
    }),
  ]);
  return `# Completion of loop for fish: put this file into ~/.config/fish/completions, under the name loop.fish.\n${lines.join('\n')}`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
