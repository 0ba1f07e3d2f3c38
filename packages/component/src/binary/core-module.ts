import { invalid, malformed } from '../errors.ts';
import type {
  CoreExtern,
  CoreFuncType,
  CoreImport,
  CoreMemoryType,
  CoreTableType,
  CoreType,
  ModuleType,
} from '../types/core-type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { coreSpaces, type CoreSpaces } from '../validate/scope.ts';
import { CoreTypeReader, type CoreTypeSpace } from './core-types.ts';
import { readConstant } from './instructions.ts';
import { Reader } from './reader.ts';

/** What linking needs to know of a core module. V8 validates everything else when it compiles the module. */
export interface CoreModule {
  readonly type: ModuleType;
  /** Byte range in the component. */
  readonly start: number;
  readonly end: number;
  /** The memories and tables that each instance of the module allocates, imported ones left out. */
  readonly memories: readonly CoreMemoryType[];
  readonly tables: readonly CoreTableType[];
  readonly usesGcHeap: boolean;
  readonly hasStart: boolean;
  /** What instantiating it costs, in the steps of a {@link Survey}: about one for each microsecond. */
  readonly cost: number;
}

/** What a module takes to read and to compile, even an empty one, in steps. */
const STEPS_OF_MODULE = 100;
/** Bytes of data segments, which are copied, and of other sections but code, which are run through. */
const DATA_BYTES_PER_STEP = 1024;
const BYTES_PER_STEP = 16;

const MAGIC = 0x6d736100;

/** Reads a core module's interface: its types, imports, exports, and the memories and tables that it defines. */
export function readCoreModule(reader: Reader, table: TypeTable): CoreModule {
  table.spend(STEPS_OF_MODULE);
  const scan = new ModuleScan(table);
  const start = reader.pos;
  const header = new DataView(reader.take(8).slice().buffer);
  if (header.getUint32(0, true) !== MAGIC) throw malformed(start, 'magic header not detected in a core module');
  if (header.getUint32(4, true) !== 1) throw malformed(start + 4, 'expected a version header for a module');
  reader.sections((id, body) => scan.section(id, body));
  const { imports, exports } = scan;
  return {
    type: { kind: 'module', imports, exports },
    start,
    end: reader.end,
    memories: scan.defined('core-memory'),
    tables: scan.defined('core-table'),
    usesGcHeap: scan.usesGcHeap,
    hasStart: scan.hasStart,
    cost: imports.length + exports.size + Math.floor(scan.cost),
  };
}

class ModuleScan implements CoreTypeSpace {
  readonly table: TypeTable;
  readonly types: CoreType[] = [];
  usesGcHeap = false;
  hasStart = false;
  readonly imports: CoreImport[] = [];
  private readonly importNames = new Set<string>();
  readonly exports = new Map<string, CoreExtern>();
  /** For functions that the module defines only the index of their type: only exported ones are looked up. */
  readonly spaces: Omit<CoreSpaces, 'core-func'> & { readonly 'core-func': (CoreFuncType | number)[] } = coreSpaces();
  cost = 0;

  constructor(table: TypeTable) {
    this.table = table;
  }

  section(id: number, reader: Reader): void {
    if (id !== 0 && id !== 10)
      this.cost += (reader.end - reader.pos) / (id === 11 ? DATA_BYTES_PER_STEP : BYTES_PER_STEP);
    if (id === 8) this.hasStart = true;
    const types = new CoreTypeReader(reader, this);
    const read = this.sectionReader(id, reader, types);
    if (!read) return;
    reader.each(read);
    reader.finish('a core section');
  }

  private sectionReader(id: number, reader: Reader, types: CoreTypeReader): (() => void) | undefined {
    switch (id) {
      case 1:
        return () => types.recType();
      case 2:
        return () => this.import(reader, types);
      case 3:
        return () => void this.spaces['core-func'].push(reader.u32());
      case 4:
        return () => void this.spaces['core-table'].push(this.tableDefinition(reader, types));
      case 5:
        return () => void this.spaces['core-memory'].push(types.memoryType());
      case 6:
        return () => {
          this.spaces['core-global'].push(types.globalType());
          readConstant(reader);
        };
      case 7:
        return () => this.export(reader, types);
      case 13:
        return () => void this.spaces['core-tag'].push(types.tagType());
      default:
        return undefined;
    }
  }

  private tableDefinition(reader: Reader, types: CoreTypeReader): CoreTableType {
    if (reader.peek() !== 0x40) return types.tableType();
    reader.u8();
    reader.tag('table definition', [0]);
    const type = types.tableType();
    readConstant(reader);
    return type;
  }

  private import(reader: Reader, types: CoreTypeReader): void {
    const at = reader.pos;
    const module = reader.name();
    const name = reader.name();
    const type = types.externType();
    addCoreImportName(this.importNames, module, name, at);
    this.imports.push({ module, name, type });
    this.spaces[type.kind].push(type as never);
  }

  /** What the module defines of a kind, after what it imports. */
  defined<K extends 'core-memory' | 'core-table'>(kind: K): Extract<CoreExtern, { kind: K }>[] {
    const imported = this.imports.filter(({ type }) => type.kind === kind);
    return this.spaces[kind].slice(imported.length) as Extract<CoreExtern, { kind: K }>[];
  }

  private export(reader: Reader, types: CoreTypeReader): void {
    const at = reader.pos;
    const name = reader.name();
    const kind = reader.tag('export kind', [0, 1, 2, 3, 4]);
    const index = reader.u32();
    const found = Object.values(this.spaces)[kind]?.[index];
    if (found === undefined) throw invalid(at, `export "${name}" of a core module refers to an unknown index ${index}`);
    addCoreExport(this.exports, name, typeof found === 'number' ? types.funcTypeAt(found, at) : found, at);
  }
}

/** Two imports of one name are refused, since a component knows an argument of a module by its name alone. */
export function addCoreImportName(seen: Set<string>, module: string, name: string, at: number): void {
  const key = `${module.length}:${module}${name}`;
  if (seen.has(key)) throw invalid(at, `duplicate import name "${module}:${name}" in a core module`);
  seen.add(key);
}

export function addCoreExport(exports: Map<string, CoreExtern>, name: string, type: CoreExtern, at: number): void {
  if (exports.has(name)) throw invalid(at, `duplicate export: name "${name}" already defined`);
  exports.set(name, type);
}
