import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toolEnv } from './run.ts';
import { ROOT } from './workspace.ts';

/** The picture of the README: what `npm start` prints. */
export const START_PICTURE: string = join(ROOT, 'docs/start.svg');

const COLUMNS = 134;
const [ADVANCE, LINE, PADDING, BAR] = [7.83, 19, 18, 34];

/** Runs the shows of `npm start` and draws what they print as a terminal. The line with the time is left out. */
export function drawStart(): string {
  const { stdout, status } = spawnSync('sh', ['-c', 'node scripts/start.ts 2>&1'], {
    cwd: ROOT,
    env: { ...toolEnv(), NO_COLOR: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm start failed:\n${stdout}`);
  return picture(['$ npm start', '', ...stdout.trimEnd().split('\n').slice(0, -1)].flatMap(wrapped));
}

function wrapped(line: string): string[] {
  const lines = [line.slice(0, COLUMNS)];
  for (let at = COLUMNS; at < line.length; at += COLUMNS) lines.push(line.slice(at, at + COLUMNS));
  return lines;
}

function picture(lines: readonly string[]): string {
  while (lines.at(-1) === '') lines = lines.slice(0, -1);
  const width = Math.ceil(COLUMNS * ADVANCE + 2 * PADDING);
  const height = lines.length * LINE + BAR + 2 * PADDING - 6;
  const text = lines.flatMap((line, i) => {
    if (line === '') return [];
    const y = BAR + PADDING + i * LINE + 8;
    return [`  <text x="${PADDING}" y="${y}"${styleOf(line, lines[i - 1])}>${escapeXml(line)}</text>`];
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, i) => `  <circle cx="${PADDING + 4 + i * 20}" cy="18" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What npm start prints">
  <style>text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre; fill: #c9d1d9 } .b { font-weight: bold; fill: #f0f6fc } .d { fill: #7d8590 } .e { fill: #ff7b72 } .g { fill: #7ee787 }</style>
  <rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
${[...dots, ...text].join('\n')}
</svg>
`;
}

/** Headings are bold, commands dim, errors red. */
function styleOf(line: string, before: string | undefined): string {
  if (line.startsWith('$ npm')) return ' class="g"';
  if (line.startsWith('$ loop') || /^ +(at|fix:) /.test(line)) return ' class="d"';
  if (line.startsWith('error[')) return ' class="e"';
  return before === '' && /^[A-Z]/.test(line) ? ' class="b"' : '';
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
