import type { Component } from '@loophost/component';

/** The tools that made a component, by what they did: `processed-by` → `wit-component 0.220.0`. */
export type Producers = Readonly<Record<string, readonly string[]>>;

/**
 * Reads the `producers` sections of a component (the tool conventions' ProducersSection.md). They carry no meaning for
 * running it, so one that is broken counts as absent.
 */
export function readProducers(component: Component): Producers {
  const found: Record<string, string[]> = {};
  for (const { name, data } of component.customSections) {
    if (name !== 'producers') continue;
    try {
      for (const [field, tools] of new SectionReader(data).fields()) (found[field] ??= []).push(...tools);
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
    }
  }
  return found;
}

class SectionReader {
  private at = 0;
  private readonly data: Uint8Array;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  fields(): [string, string[]][] {
    return this.list(() => [this.name(), this.list(() => `${this.name()} ${this.name()}`.trim())]);
  }

  private list<T>(item: () => T): T[] {
    const length = this.number();
    if (length > this.data.length) throw new RangeError('the list is longer than the section');
    return Array.from({ length }, item);
  }

  private name(): string {
    const length = this.number();
    if (this.at + length > this.data.length) throw new RangeError('the name is longer than the section');
    this.at += length;
    return new TextDecoder('utf-8', { fatal: true }).decode(this.data.subarray(this.at - length, this.at));
  }

  private number(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.data[this.at++];
      if (byte === undefined) throw new RangeError('the section ends early');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the number is too long');
  }
}
