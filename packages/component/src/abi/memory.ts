import type { StringEncoding } from '../plan.ts';
import type { Lease } from './handles.ts';
import type { TrapCode } from '../traps.ts';
import type { InstanceState } from './store.ts';
import type { WasmMemory } from '../types/web-assembly.ts';

type Realloc = (old: number, oldSize: number, align: number, size: number) => number;

const NO_BYTES = new Uint8Array(0);

/**
 * The guest's side of one canonical definition: its memory, allocator and string encoding, and the instance it belongs
 * to (definitions.py, `LiftLowerContext`). Views of the memory are kept until the memory grows.
 */
export class GuestMemory {
  readonly instance: InstanceState;
  readonly encoding: StringEncoding;
  private readonly memory: WasmMemory | undefined;
  private readonly realloc: Realloc | undefined;
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  view: DataView<ArrayBuffer> = new DataView(NO_BYTES.buffer);
  /** Where borrowed handles of the call being lifted or lowered belong. */
  lease: Lease | undefined;
  readonly maxTransferBytes: number;
  /** Bytes that one string or list of the host may take in the guest. */
  readonly maxValueBytes: number;
  /** Bytes that strings and lists may still take in JavaScript in the current call. */
  transferLeft = 0;

  constructor(instance: InstanceState, encoding: StringEncoding, memory?: WasmMemory, realloc?: Realloc) {
    this.instance = instance;
    this.maxTransferBytes = instance.store.limits.maxTransferBytes;
    this.maxValueBytes = Math.min(this.maxTransferBytes, MAX_RANGE_BYTES);
    this.encoding = encoding;
    this.memory = memory;
    this.realloc = realloc;
  }

  /** Renews the views when the memory has grown, which detaches them. Their length is the cheapest sign of it. */
  refresh(): void {
    if (this.bytes.length > 0 || !this.memory) return;
    const { buffer } = this.memory as { buffer: ArrayBuffer };
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Readies the memory for passing the values of one call. */
  begin(): void {
    this.refresh();
    this.transferLeft = this.maxTransferBytes;
  }

  /**
   * Calls the guest's `realloc` and checks what it returns (definitions.py, `reallocate`). Whoever lowers values with it
   * forbids the instance to leave meanwhile.
   */
  allocate(align: number, size: number, old = 0, oldSize = 0): number {
    const { realloc } = this;
    if (!realloc) return this.instance.store.trap('E_TRAP_REALLOC_OUT_OF_BOUNDS', 'no realloc');
    let pointer = 0;
    try {
      pointer = realloc(old, oldSize, align, size) >>> 0;
    } catch (thrown) {
      this.instance.store.rethrow(thrown);
    }
    // Views of a memory that has grown have no length.
    if (pointer & (align - 1) || pointer + size >= this.bytes.length) this.checkAllocated(pointer, align, size);
    return pointer;
  }

  private checkAllocated(pointer: number, align: number, size: number): void {
    this.refresh();
    this.checkPlace(pointer, align, size, 'E_TRAP_REALLOC_UNALIGNED', 'E_TRAP_REALLOC_OUT_OF_BOUNDS');
  }

  private checkPlace(pointer: number, align: number, size: number, unaligned: TrapCode, beyond: TrapCode): void {
    if (pointer & (align - 1)) this.refusePlace(pointer, unaligned, `alignment ${align}`);
    if (pointer + size > this.bytes.length) this.refusePlace(pointer, beyond, `${size} bytes`);
  }

  private refusePlace(pointer: number, code: TrapCode, why: string): void {
    this.instance.store.trap(code, `0x${pointer.toString(16)} for ${why}`);
  }

  /** Gives a pointer that the guest gave for something of a fixed size, once it is checked. */
  checkPointer(core: unknown, { align, size }: { readonly align: number; readonly size: number }): number {
    const pointer = (core as number) >>> 0;
    this.checkPlace(pointer, align, size, 'E_TRAP_UNALIGNED', 'E_TRAP_OUT_OF_BOUNDS');
    return pointer;
  }

  /** Checks the pointer and size of a string or list from the guest, and counts what it takes in JavaScript, in bytes. */
  checkRange(pointer: number, align: number, size: number, what: string, cost: number = size): void {
    this.transferLeft -= cost;
    if (pointer & (align - 1) || pointer + size > this.bytes.length || size > MAX_RANGE_BYTES || this.transferLeft < 0)
      this.refuseRange(pointer, align, size, what);
  }

  /** Counts what values from the guest take in JavaScript, in bytes. */
  charge(cost: number): void {
    this.transferLeft -= cost;
    if (this.transferLeft < 0) this.refuseTransfer();
  }

  private refuseRange(pointer: number, align: number, size: number, what: string): void {
    const { store } = this.instance;
    if (size > MAX_RANGE_BYTES) store.trap('E_TRAP_VALUE_TOO_LARGE', `${what} of ${size} bytes`);
    if (pointer & (align - 1)) store.trap('E_TRAP_UNALIGNED', `0x${pointer.toString(16)} of a ${what}`);
    if (pointer + size > this.bytes.length) store.trap('E_TRAP_OUT_OF_BOUNDS', `${what} content out-of-bounds`);
    this.refuseTransfer();
  }

  private refuseTransfer(): never {
    const why = `strings and lists of one call exceed maxTransferBytes (${this.maxTransferBytes})`;
    return this.instance.store.trap('E_TRAP_VALUE_TOO_LARGE', why);
  }
}

/** CanonicalABI.md, MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH. */
const MAX_RANGE_BYTES = 2 ** 28 - 1;
