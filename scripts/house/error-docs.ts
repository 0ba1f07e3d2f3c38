import { join } from 'node:path';
import type { ErrorEntry } from './error-catalogue.ts';
import { ROOT } from './workspace.ts';

/** The page that lists every error code. */
export const ERROR_DOCS: string = join(ROOT, 'docs/errors.md');

const INTRODUCTION = `# Errors

<!-- Written by \`npm run docs:errors\` from the doc comments of packages/*/src. Edit those. -->

Every error of Loophost is a \`LoopError\` with a \`code\`, which is permanent. Branch on the code, never on the text.
\`fault\` says who has to act: \`user\` the caller or operator, \`guest\` the component, \`host\` an embedder's function or
Loophost itself. \`fix\` is one sentence on what to do; \`…\` stands for a value.
`;

/** The page as text. */
export function renderErrorDocs(entries: readonly ErrorEntry[]): string {
  const rooms = [...new Set(entries.map(({ room }) => room))];
  const sections = rooms.map((room) =>
    renderRoom(
      room,
      entries.filter((entry) => entry.room === room),
    ),
  );
  return [INTRODUCTION, ...sections].join('\n');
}

function renderRoom(room: string, entries: readonly ErrorEntry[]): string {
  const rows = entries.map(
    ({ code, when, fault, fix }) => `| \`${code}\` | ${fault ?? ''} | ${cell(when)} | ${cell(fix)} |`,
  );
  return [`## @loophost/${room}`, '', '| code | fault | when | fix |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function cell(text: string | undefined): string {
  const linked = (text ?? '').replaceAll(/\{@link ([^}]+)\}/g, '`$1`');
  return linked.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
