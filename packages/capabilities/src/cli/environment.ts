import { allow, type Capability, type Decision, deny } from '@loophost/host';
import { GrantFields } from '../grant-fields.ts';
import type { EnvironmentSettings } from './environment-part.ts';

/** What `environment` takes. Without a grant a guest sees no variable and no argument. Never those of this process. */
export interface EnvironmentGrant {
  /** The variables, by name. Default none. */
  readonly env?: Readonly<Record<string, string>>;
  /** The arguments behind the program's name. Default none. */
  readonly args?: readonly string[];
  /** The program's name, which a guest sees before its arguments. Default the component's name, when it has arguments. */
  readonly program?: string;
}

const CAPABILITY = 'environment';
const SHAPE = "{ env: { NAME: 'value' }, args: ['one', 'two'] }";

/**
 * `wasi:cli/environment` and `wasi:cli/exit`: the variables and arguments of a guest, and how it ends itself. A grant that
 * is no {@link EnvironmentGrant} fails `host.link` with `E_GRANT_INVALID`.
 */
export function environment(): Capability {
  return {
    name: CAPABILITY,
    interfaces: ['wasi:cli/environment@0.2.12', 'wasi:cli/exit@0.2.12'],
    configure(grant, { component }) {
      const settings = settingsOf(grant, component);
      return { mayWait: false, guestPart: CAPABILITY, prepare: () => ({ settings }) };
    },
  };
}

function settingsOf(grant: unknown, component: string): EnvironmentSettings {
  const given = grant === undefined || grant === true ? {} : grant;
  const fields = new GrantFields(CAPABILITY, given, { known: ['env', 'args', 'program'], shape: SHAPE });
  const hasArgs = fields.has('args');
  const program = fields.text('program');
  if (program !== undefined && program.includes('\0')) throw withZero(fields, 'program');
  const args = hasArgs ? argsOf(fields) : [];
  const variables = fields.has('env') ? variablesOf(fields) : [];
  const head = program ?? (args.length > 0 ? component : undefined);
  const all = head === undefined ? args : [head, ...args];
  return {
    variables,
    args: all,
    decisions: {
      variables: decide('read the variables', fields.has('env'), "environment: { env: { NAME: 'value' } }"),
      args: decide('read the arguments', all.length > 0 || hasArgs, "environment: { args: ['one'] }"),
    },
  };
}

/** What a guest may see is what it was given; the decision tells whether that is anything. */
function decide(request: string, isGranted: boolean, grant: string): Decision {
  return isGranted ? allow(CAPABILITY, request) : deny(CAPABILITY, request, 'not-granted', `grant some: ${grant}`);
}

function argsOf(fields: GrantFields): readonly string[] {
  const value = fields.raw('args');
  // A copy has no holes, which `every` would pass over.
  const args: unknown[] | undefined = Array.isArray(value) ? Array.from(value) : undefined;
  if (!args?.every((one): one is string => typeof one === 'string'))
    throw fields.invalid('its args are not a list of texts', 'give a list of texts');
  if (args.some((one) => one.includes('\0'))) throw withZero(fields, 'args');
  return args;
}

function variablesOf(fields: GrantFields): readonly (readonly [string, string])[] {
  const env = new GrantFields(CAPABILITY, fields.raw('env'), { shape: SHAPE, path: 'env' });
  return env.texts().map(([name, value]) => {
    if (name === '' || /[=\0]/.test(name))
      throw fields.invalid(
        `its env has the name "${name.replaceAll('\0', '\\0').slice(0, 64)}"`,
        'name variables without "=" and NUL',
      );
    if (value.includes('\0')) throw withZero(fields, `env.${name}`);
    return [name, value] as const;
  });
}

function withZero(fields: GrantFields, name: string): Error {
  return fields.invalid(`its ${name} contains a NUL`, 'leave it out: texts of C end at a NUL');
}
