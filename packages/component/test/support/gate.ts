import { isLoopError } from '@loophost/component';

/** A host function that waits until the test lets it go on. */
export function gate(): {
  fn: (...args: unknown[]) => unknown;
  open: (value: unknown) => void;
  entered: Promise<void>;
} {
  let open: (value: unknown) => void = () => undefined;
  let enter: () => void = () => undefined;
  const opened = new Promise((resolve) => (open = resolve));
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const fn = (): unknown => {
    enter();
    return opened;
  };
  return { fn, open, entered };
}

/** The code of the error in which work ends, or `no error`. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return isLoopError(error) ? error.code : String(error);
  }
}
