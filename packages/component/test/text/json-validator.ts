/** A validator for the part of JSON Schema that `printJsonSchema` uses, by the specification. */
type Schema = Readonly<Record<string, unknown>>;

const KEYWORDS: Readonly<Record<string, (value: unknown, rule: never, schema: Schema) => boolean>> = {
  $schema: () => true,
  type: (value, rule: string | readonly string[]) => [rule].flat().some((name) => isOfType(value, name)),
  enum: (value, rule: readonly unknown[]) => rule.includes(value),
  const: (value, rule: unknown) => value === rule,
  minimum: (value, rule: number) => typeof value !== 'number' || value >= rule,
  maximum: (value, rule: number) => typeof value !== 'number' || value <= rule,
  pattern: (value, rule: string) => typeof value !== 'string' || new RegExp(rule, 'u').test(value),
  minLength: (value, rule: number) => typeof value !== 'string' || Array.from(value).length >= rule,
  maxLength: (value, rule: number) => typeof value !== 'string' || Array.from(value).length <= rule,
  contentEncoding: (value) => typeof value !== 'string' || isBase64(value),
  anyOf: (value, rule: readonly Schema[]) => rule.some((schema) => isValid(value, schema)),
  oneOf: (value, rule: readonly Schema[]) => rule.filter((schema) => isValid(value, schema)).length === 1,
  minItems: (value, rule: number) => !Array.isArray(value) || value.length >= rule,
  maxItems: (value, rule: number) => !Array.isArray(value) || value.length <= rule,
  uniqueItems: (value) => !Array.isArray(value) || new Set(value).size === value.length,
  prefixItems: (value, rule: readonly Schema[]) =>
    !Array.isArray(value) || rule.every((schema, i) => i >= value.length || isValid(value[i], schema)),
  items: (value, rule: Schema | false, { prefixItems }) => {
    const rest = Array.isArray(value) ? value.slice(Array.isArray(prefixItems) ? prefixItems.length : 0) : [];
    return rule === false ? rest.length === 0 : rest.every((item) => isValid(item, rule));
  },
  properties: (value, rule: Readonly<Record<string, Schema>>) =>
    !isObject(value) ||
    Object.entries(rule).every(([key, schema]) => !Object.hasOwn(value, key) || isValid(value[key], schema)),
  required: (value, rule: readonly string[]) => !isObject(value) || rule.every((key) => Object.hasOwn(value, key)),
  additionalProperties: (value, _rule: false, { properties }) =>
    !isObject(value) || Object.keys(value).every((key) => Object.hasOwn(properties as object, key)),
};

/** Tells whether a JSON value is valid under a schema. `contentEncoding` is checked too, which validators need not do. */
export function isValid(value: unknown, schema: Schema): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`unknown keyword ${keyword}`);
    return check(value, rule as never, schema);
  });
}

function isOfType(value: unknown, name: string): boolean {
  if (name === 'null') return value === null;
  if (name === 'array') return Array.isArray(value);
  if (name === 'object') return isObject(value);
  return name === 'integer' ? Number.isInteger(value) : typeof value === name;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}
