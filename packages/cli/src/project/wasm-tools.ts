import { isLoopError } from '@loophost/component';
import { buildFailed } from './errors.ts';
import { loadNpmTool, needNpmTool } from './npm-tools.ts';

/** What of jco-transpile builds components. */
export interface WasmTools {
  readonly version: string;
  parse(text: string): Promise<Uint8Array>;
  componentEmbed(options: {
    readonly witSource: string;
    readonly world?: string;
    readonly binary?: Uint8Array;
    /** Makes a core module up that has what the world asks for. */
    readonly dummy?: boolean;
  }): Promise<Uint8Array>;
  componentNew(
    core: Uint8Array,
    adapters: readonly (readonly [name: string, bytes: Uint8Array])[],
  ): Promise<Uint8Array>;
}

export async function wasmTools(project: string): Promise<WasmTools> {
  const tool = needNpmTool('@bytecodealliance/jco-transpile', project);
  const { parse, componentEmbed, componentNew } = await loadNpmTool<WasmTools>(tool, project, './wasm-tools');
  return { version: tool.version, parse, componentEmbed, componentNew };
}

/** Does what a tool does with a file of the project; what the tool has against it is an error of that file. */
export async function toolOn<T>(file: string, tool: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isLoopError(cause)) throw cause;
    throw buildFailed(file, tool, saidBy(cause), cause);
  }
}

/** What a tool says of its failure. jco throws objects that hold the text of the tool within it, and are no errors. */
export function saidBy(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : ((cause as { payload?: unknown }).payload ?? cause);
  return readable(String(said));
}

/** The parser of WebAssembly text shows its own structure of an error, with places that count from zero. */
function readable(said: string): string {
  const parts = /Text \{ line: (\d+), col: (\d+), snippet: "(.*?)" \}.*?kind: (?:Custom\("(.*)"\)|(\w+))/s.exec(said);
  if (!parts) return said.replace(/^[\s:]+/, '');
  const [, line, column, snippet = '', custom, kind = ''] = parts;
  const text = (custom ?? kind).replaceAll('\\"', '"');
  return `${text}, at ${Number(line) + 1}:${Number(column) + 1}\n${snippet.replaceAll('\\"', '"').trim()}`;
}
