import type { Decision, GuestPart } from '@loophost/host/guest';
import { guestExited } from '../errors.ts';

/** What a guest sees of its environment. */
export interface EnvironmentSettings {
  readonly variables: readonly (readonly [string, string])[];
  /** The program's name first. */
  readonly args: readonly string[];
  /** What is reported when a guest first asks. */
  readonly decisions: { readonly variables: Decision; readonly args: Decision };
}

/** Serves `wasi:cli/environment` and `wasi:cli/exit`. */
export const environmentPart: GuestPart = {
  link(settings, realm) {
    const { variables, args, decisions } = settings as EnvironmentSettings;
    const reported = new Set<Decision>();
    const reportOnce = (decision: Decision): void => {
      if (!reported.has(decision)) realm.report(decision);
      reported.add(decision);
    };
    return {
      imports: {
        'wasi:cli/environment@0.2.12': {
          getEnvironment: () => (reportOnce(decisions.variables), variables),
          getArguments: () => (reportOnce(decisions.args), args),
          initialCwd: () => undefined,
        },
        'wasi:cli/exit@0.2.12': {
          exit: ({ tag }: { tag: 'ok' | 'err' }): never => {
            throw guestExited(tag === 'ok' ? 0 : 1);
          },
          exitWithCode: (code: number): never => {
            throw guestExited(code);
          },
        },
      },
    };
  },
};
