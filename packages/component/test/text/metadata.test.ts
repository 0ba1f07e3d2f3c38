import { compile } from '@loophost/component';
import { type Metadata, metadataOf, producersOf } from '@loophost/component/text';
import { expect, test } from 'vitest';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];

/** A component of custom sections only. */
async function described(...sections: [name: string, data: readonly number[]][]): Promise<Metadata> {
  const bytes = sections.flatMap(([name, data]) => {
    const body = [...text(name), ...data];
    return [0, body.length, ...body];
  });
  return metadataOf(await compile(Uint8Array.from([...PREAMBLE, ...bytes])));
}

const TOOLS = [1, ...text('processed-by'), 2, ...text('tool-a'), ...text('1.0'), ...text('tool-b'), ...text('')];

test('the tools of all producers sections are told by what they did', async () => {
  const more = [2, ...text('processed-by'), 1, ...text('tool-c'), ...text('3'), ...text('language'), 0];
  expect((await described(['producers', TOOLS], ['producers', more])).producers).toEqual({
    'processed-by': ['tool-a 1.0', 'tool-b', 'tool-c 3'],
    language: [],
  });
});

test('a producers section that is cut off counts as absent, and leaves the others', async () => {
  const { producers } = await described(['producers', TOOLS.slice(0, -3)], ['producers', TOOLS], ['producers', [0xff]]);
  expect(producers).toEqual({ 'processed-by': ['tool-a 1.0', 'tool-b'] });
});

test('fields named like members of objects are fields like others', async () => {
  const fields = ['__proto__', 'constructor'].flatMap((name) => [...text(name), 1, ...text('x'), ...text('1')]);
  const { producers } = await described(['producers', [2, ...fields]]);
  expect(Object.entries(producers)).toEqual([
    ['__proto__', ['x 1']],
    ['constructor', ['x 1']],
  ]);
});

test('the name of a component is told, whatever other names come before it', async () => {
  const sorts = [1, 2, 0, 0];
  const name = [0, 8, ...text('greeter')];
  expect((await described(['component-name', [...sorts, ...name]])).name).toBe('greeter');
  expect(await described(['component-name', sorts])).toEqual({ producers: {}, notes: {} });
  expect(await described(['component-name', [0, 9, ...text('greeter')]])).toEqual({ producers: {}, notes: {} });
});

test('notes like the version are told, and other custom sections and broken texts are not', async () => {
  const utf8 = [...new TextEncoder().encode('1.2.3-é')];
  const { notes } = await described(['version', utf8], ['licenses', [0xff]], ['build-id', utf8]);
  expect(notes).toEqual({ version: '1.2.3-é' });
});

test('producers may be read alone', async () => {
  expect(producersOf(await compile(Uint8Array.from(PREAMBLE)))).toEqual({});
});
