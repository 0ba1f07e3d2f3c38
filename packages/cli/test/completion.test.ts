import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from './support/files.ts';
import { loop } from './support/loop.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

async function scriptOf(shell: string): Promise<string> {
  const { out, err, code } = await loop('completion', shell);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return out;
}

describe.skipIf(!has('bash'))('the script for bash completes', () => {
  const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['loop comp', ['component', 'completion']],
    ['loop component ', ['new', 'build']],
    ['loop component --', ['--json', '--help']],
    ['loop run ', []],
    ['loop run x.wasm --trust = u', ['untrusted']],
    ['loop run x.wasm --trust =', ['untrusted', 'trusted']],
    ['loop component new x -t ', ['js', 'ts', 'c', 'rust', 'wat']],
    ['loop component new x --', ['--template', '--dir', '--json', '--help']],
    ['loop component build --', ['--out', '--engine', '--json', '--help']],
    ['loop run x.wasm --trust ', ['untrusted', 'trusted']],
    ['loop run x.wasm --kv ', ['memory']],
    ['loop run x.wasm -- --tr', []],
    ['loop component new x --template ', ['js', 'ts', 'c', 'rust', 'wat']],
    ['loop types x.wasm --su', ['--suspending']],
    ['loop component new x --dir ', []],
    ['loop help doc', ['doctor']],
    ['loop completion f', ['fish']],
    ['loop nope ', []],
  ];
  test.each(cases)('%s', async (line, words) => {
    const file = folder.write('loop.bash', await scriptOf('bash'));
    const program = `. "$1"; COMP_WORDS=($2); [ "\${2: -1}" = ' ' ] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _loop; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', file, line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((word) => word !== '')).toEqual(words);
  });
});

test.each(['zsh', 'fish'])('the script for %s has every command and option', async (shell) => {
  const script = await scriptOf(shell);
  // What help says of an option is there as it is, colons too.
  expect(script).toContain('https://api.example.com');
  for (const word of ['run', 'inspect', 'types', 'component', 'doctor', 'completion', 'template', 'js ts c rust wat'])
    expect(script).toContain(word);
  if (has(shell)) expect(spawnSync(shell, ['-n', folder.write(`loop.${shell}`, script)]).status).toBe(0);
});

test.each([[[]], [['tcsh']], [['bash', 'zsh']]])(
  'loop completion %j is a mistake that names the shells',
  async (args) => {
    const { err, code } = await loop('completion', ...args);
    expect(code).toBe(2);
    expect(err).toContain('use one of: loop completion bash, loop completion zsh, loop completion fish');
  },
);
