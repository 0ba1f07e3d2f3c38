import { Ajv2020 } from 'ajv/dist/2020.js';

// Fields may have names that every object inherits. Most schemas are used once: they are not worth optimizing.
const ajv = new Ajv2020({ allowUnionTypes: true, ownProperties: true, code: { optimize: false } });
// Validators need not check it, and ours does not by itself.
ajv.removeKeyword('contentEncoding');
ajv.addKeyword({
  keyword: 'contentEncoding',
  type: 'string',
  validate: (_encoding: string, text: string) => isBase64(text),
});

/** Tells whether a JSON value is valid under a schema, by Ajv in its strict mode; of `contentEncoding` too. */
export function isValid(value: unknown, schema: Readonly<Record<string, unknown>>): boolean {
  return ajv.validate(schema, value);
}

function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}
