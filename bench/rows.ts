import { readFileSync } from 'node:fs';
import type { Engine, HostInterfaces } from './engines.ts';
import type { Work } from './measure.ts';

/** A measurement: prepares one engine and gives the work to time. */
export interface Row {
  readonly name: string;
  readonly unit: 'ns' | 'us' | 'ms';
  readonly what: string;
  /** The least ratio that we promise, against jco-transpile. */
  readonly bound: number;
  /** Each round does the work once: it is long, or must not be warm. */
  readonly once?: boolean;
  prepare(engine: Engine): Promise<Work>;
}

const guest = (name: string): Uint8Array => readFileSync(new URL(`../guests/${name}/${name}.wasm`, import.meta.url));

interface Bench {
  add(a: number, b: number): number;
  subtract(a: number, b: number): number;
  multiply(a: number, b: number): number;
  greet(name: string): string;
  shout(name: string): string;
  birthday(person: Person): Person;
  words(text: string): readonly string[];
  reverseBytes(bytes: Uint8Array): Uint8Array;
  callHost(n: number): number;
}

interface Person {
  name: string;
  age: number;
  tags: readonly string[];
}

const HOST: HostInterfaces = {
  'loop:guests/bench-host@0.1.0': { log: () => undefined, tick: (x: number) => (x * 3) >>> 0 },
};

async function bench(engine: Engine): Promise<Bench> {
  const exports = await (await engine.load(guest('c-bench'))).instantiate(HOST);
  return exports['loop:guests/bench@0.1.0'] as Bench;
}

/** Calls several functions through one place, as a program with many exports does. */
function calls<A, R>(functions: readonly ((arg: A) => R)[], args: readonly A[], measure: (result: R) => number): Work {
  return (n) => {
    let sum = 0;
    for (let i = 0; i < n; i++)
      sum += measure((functions[i % functions.length] as (arg: A) => R)(args[i % args.length] as A));
    return sum;
  };
}

const NAMES = ['Alice', 'Bobby', 'Carol', 'David', 'Erika', 'Frank', 'Grace'];
const SENTENCES = [
  'the quick brown fox jumps over the lazy dog',
  'pack my box with five dozen liquor jugs',
  'how vexingly quick daft zebras jump',
];
const PEOPLE: readonly Person[] = NAMES.map((name, age) => ({
  name,
  age,
  tags: ['reader', 'writer'].slice(0, age % 3),
}));

const callRows: readonly Row[] = [
  {
    name: 'call.scalar',
    unit: 'ns',
    what: 'two u32 in, one out; three exports through one call site',
    bound: 100,
    prepare: async (engine) => {
      const api = await bench(engine);
      const functions = [api.add, api.subtract, api.multiply];
      return (n) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += (functions[i % 3] as Bench['add'])(i, i >> 1);
        return sum;
      };
    },
  },
  {
    name: 'call.string5',
    unit: 'ns',
    what: 'a name of five letters in, a greeting out; two exports through one call site',
    bound: 20,
    prepare: async (engine) => {
      const api = await bench(engine);
      return calls([api.greet, api.shout], NAMES, (text) => text.length);
    },
  },
  {
    name: 'call.string64k',
    unit: 'us',
    what: 'the same with 64 KiB of text',
    bound: 3,
    prepare: async (engine) => {
      const api = await bench(engine);
      return calls([api.greet, api.shout], ['x'.repeat(65536), 'wörld '.repeat(10922)], (text) => text.length);
    },
  },
  {
    name: 'call.record',
    unit: 'ns',
    what: 'a record with a string, a number and a list of strings, both ways',
    bound: 8,
    prepare: async (engine) => {
      const api = await bench(engine);
      return calls([api.birthday], PEOPLE, (person) => person.age);
    },
  },
  {
    name: 'call.list-string',
    unit: 'ns',
    what: 'a sentence in, the list of its words out',
    bound: 5,
    prepare: async (engine) => {
      const api = await bench(engine);
      return calls([api.words], SENTENCES, (words) => words.length);
    },
  },
  {
    name: 'call.list-u8-1m',
    unit: 'us',
    what: '1 MiB of bytes in and, reversed, out',
    bound: 0.9,
    prepare: async (engine) => {
      const api = await bench(engine);
      const buffers = [1, 2].map((fill) => new Uint8Array(1 << 20).fill(fill));
      return calls([api.reverseBytes], buffers, (bytes) => bytes[0] as number);
    },
  },
  {
    name: 'import.scalar',
    unit: 'ns',
    what: 'the guest calls a host function in a loop, a u32 in and out; per call',
    bound: 10,
    prepare: async (engine) => {
      const api = await bench(engine);
      return (n) => api.callHost(n);
    },
  },
];

async function greetOnce(engine: Engine, bytes: Uint8Array, name: string): Promise<number> {
  const exports = await (await engine.load(bytes)).instantiate(HOST);
  return (exports['loop:guests/bench@0.1.0'] as Bench).greet(name).length;
}

interface Agent {
  runCode(code: string): string;
}

async function agent(engine: Engine): Promise<Agent> {
  return (await (await engine.load(guest('agent'))).instantiate({})) as unknown as Agent;
}

const loadRows: readonly Row[] = [
  {
    name: 'load.small',
    unit: 'ms',
    what: 'from the bytes of the C guest to its first result, in a warm process',
    bound: 15,
    prepare: async (engine) => {
      const bytes = guest('c-bench');
      return async (n) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += await greetOnce(engine, bytes, NAMES[i % NAMES.length] as string);
        return sum;
      };
    },
  },
  {
    name: 'load.agent',
    unit: 'ms',
    what: 'from the bytes of the QuickJS agent to its first result, in a warm process',
    bound: 4,
    prepare: async (engine) => async (n) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Number((await agent(engine)).runCode(`${i} + 1`));
      return sum;
    },
  },
  {
    name: 'instantiate.agent',
    unit: 'us',
    what: 'another instance of the loaded QuickJS agent',
    bound: 0.9,
    prepare: async (engine) => {
      const loaded = await engine.load(guest('agent'));
      return async (n) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += Object.keys(await loaded.instantiate({})).length;
        return sum;
      };
    },
  },
  {
    name: 'call.run-code',
    unit: 'us',
    what: 'the agent evaluates a small expression',
    bound: 1.1,
    prepare: async (engine) => {
      const { runCode } = await agent(engine);
      return (n) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += Number(runCode(`${i} * 2 + 1`));
        return sum;
      };
    },
  },
];

export const ROWS: readonly Row[] = [...callRows, ...loadRows];
