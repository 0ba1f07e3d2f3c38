import { Worker } from 'node:worker_threads';
import { compile, Component, type ComponentMessage } from '@loophost/component';
import { expect, test } from 'vitest';
import { wat } from './support/wat.ts';

const GREETER = `(component
  (import "acme:app/host@0.2.1" (instance $host (export "base" (func (result u32)))))
  (core func $base (canon lower (func $host "base")))
  (core module $m (import "" "base" (func $base (result i32)))
    (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "add") (param i32 i32) (result i32) (i32.add (call $base) (local.get 1))))
  (core instance $i (instantiate $m (with "" (instance (export "base" (func $base))))))
  (type $point (record (field "x" s32) (field "y" s32)))
  (export $point' "point" (type $point))
  (func (export "length-of") (param "s" string) (result u32)
    (canon lift (core func $i "add") (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))`;

/** Takes a component from a message, counts the compilations that it causes, and answers with a result. */
const WORKER = `
  import { parentPort } from 'node:worker_threads';
  import { Component, suspending } from '@loophost/component';
  let compiles = 0;
  // The engine's own small modules do not count.
  const note = (bytes) => (compiles += Number(new TextDecoder().decode(bytes).includes('realloc')));
  for (const name of ['compile', 'compileStreaming', 'instantiateStreaming', 'Module']) {
    const original = WebAssembly[name];
    WebAssembly[name] = new Proxy(original, {
      apply: (target, self, args) => (note(args[0]), Reflect.apply(target, self, args)),
      construct: (target, args) => (note(args[0]), Reflect.construct(target, args)),
    });
  }
  parentPort.once('message', async (message) => {
    const component = Component.fromMessage(message);
    const host = { 'acme:app/host@0.2.1': { base: () => 100 } };
    const instance = await component.link(host).instantiate();
    const waiting = { 'acme:app/host@0.2.9': { base: suspending(async () => 1000) } };
    const slow = await component.link(waiting).instantiate();
    parentPort.postMessage({
      compiles,
      names: [...component.imports, ...component.exports].map((item) => item.name),
      answer: instance.exports.lengthOf('four'),
      waited: await slow.exports.lengthOf('four'),
    });
  });`;

function askWorker(message: ComponentMessage): Promise<unknown> {
  const worker = new Worker(WORKER, { eval: true, execArgv: ['--conditions=@loophost/source', '--input-type=module'] });
  return new Promise((resolve, reject) => {
    worker.once('message', (answer) => {
      void worker.terminate();
      resolve(answer);
    });
    worker.once('error', reject);
    worker.postMessage(message);
  });
}

test('a component goes to another thread as a message and is not compiled again there', async () => {
  const component = await compile(await wat(GREETER));
  expect(await askWorker(component.toMessage())).toEqual({
    compiles: 0,
    names: ['acme:app/host@0.2.1', 'point', 'length-of'],
    answer: 104,
    waited: 1004,
  });
});

test('a message that is not from toMessage is refused', async () => {
  const refused = { code: 'E_MESSAGE_INVALID' };
  const whole = (await compile(await wat(GREETER))).toMessage();
  const values = [undefined, null, {}, { ...whole, version: 99 }, 'text', { kind: 'loophost/component', version: 1 }];
  const changed = [
    { program: undefined },
    { program: {} },
    { modules: [] },
    { modules: undefined },
    { callGraphs: [] },
    { limits: undefined },
    { limits: { ...whole.limits, maxHandles: undefined } },
    { custom: undefined },
  ].map((change) => ({ ...whole, ...change }));
  for (const value of [...values, ...changed])
    expect(() => Component.fromMessage(value as never)).toThrow(expect.objectContaining(refused));
  expect(Component.fromMessage(whole).imports).toHaveLength(1);
});
