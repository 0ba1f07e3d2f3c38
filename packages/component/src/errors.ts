import { type ErrorPlace, isLoopError, LoopError } from './loop-error.ts';

/** The binary breaks the rules of the binary format (Binary.md): cut off, or an encoding that does not exist. */
export function malformed(offset: number, why: string, cause?: unknown): LoopError<'E_COMPONENT_MALFORMED'> {
  return new LoopError('E_COMPONENT_MALFORMED', {
    fault: 'user',
    message: `cannot compile component: ${why} (at offset 0x${offset.toString(16)})`,
    at: { offset },
    cause,
  });
}

/** The binary decodes but breaks a validation rule of the Component Model. */
export function invalid(offset: number, why: string): LoopError<'E_COMPONENT_INVALID'> {
  return new LoopError('E_COMPONENT_INVALID', {
    fault: 'user',
    message: `cannot compile component: ${why} (at offset 0x${offset.toString(16)})`,
    at: { offset },
  });
}

/** The component uses a feature of the Component Model that this version of Loophost cannot run. */
export function unsupportedFeature(feature: string, offset: number): LoopError<'E_FEATURE_UNSUPPORTED'> {
  return new LoopError('E_FEATURE_UNSUPPORTED', {
    fault: 'user',
    message: `the component uses ${feature} (at offset 0x${offset.toString(16)}), which this version does not run yet`,
    fix: 'build the component without that feature',
    at: { offset },
  });
}

/** A limit given to `compile` or `link`, or its default, is exceeded. */
export function limitExceeded(
  what: string,
  found: number | bigint,
  limit: number | bigint,
  option?: string,
  offset?: number,
): LoopError<'E_LIMIT_EXCEEDED'> {
  return new LoopError('E_LIMIT_EXCEEDED', {
    fault: 'user',
    message: `${what} is ${found}, more than the limit of ${limit}`,
    fix: option && `raise ${option} if you trust the component`,
    at: offset === undefined ? {} : { offset },
  });
}

/** The file, or the value given for its bytes, is something else than a component: its kind is named. */
export function notComponent(why: string, fix: string): LoopError<'E_COMPONENT_OTHER_KIND'> {
  return new LoopError('E_COMPONENT_OTHER_KIND', {
    fault: 'user',
    message: `cannot compile component: ${why}`,
    fix,
  });
}

/** Options of `compile` or `link` are unknown, or have values that they cannot have. The message names all of them. */
export function optionInvalid(work: string, problems: readonly string[]): LoopError<'E_OPTION_INVALID'> {
  return new LoopError('E_OPTION_INVALID', {
    fault: 'user',
    message: `cannot ${work}: ${problems.join('; ')}`,
    fix: 'correct these options or leave them out',
  });
}

/** V8 refused a core module of the component. */
export function coreModuleInvalid(index: number, offset: number, cause: unknown): LoopError<'E_CORE_MODULE_INVALID'> {
  return new LoopError('E_CORE_MODULE_INVALID', {
    fault: 'user',
    message: `cannot compile component: core module ${index} (at offset 0x${offset.toString(16)}) is invalid: ${textOf(cause)}`,
    at: { offset },
    cause,
  });
}

/** The page's Content Security Policy forbids WebAssembly. */
export function compileForbidden(cause: unknown): LoopError<'E_COMPILE_FORBIDDEN'> {
  return new LoopError('E_COMPILE_FORBIDDEN', {
    fault: 'user',
    message: "cannot compile component: the page's Content Security Policy forbids WebAssembly",
    fix: "add 'wasm-unsafe-eval' to the policy's script-src",
    cause,
  });
}

/** A core module could fill V8's garbage-collected heap, which no limit of ours bounds and whose overflow ends the process. */
export function gcHeapDenied(index: number, offset: number): LoopError<'E_GC_HEAP_DENIED'> {
  return new LoopError('E_GC_HEAP_DENIED', {
    fault: 'user',
    message: `cannot compile component: core module ${index} has GC structs or arrays, exception references or large exceptions, whose memory cannot be bounded`,
    fix: 'set allowGcHeap: true if you trust the component',
    at: { offset },
  });
}

/** A component cannot be linked; `problems` holds every reason. */
export function linkFailed(problems: readonly LoopError[]): LoopError<'E_LINK_FAILED'> {
  const lines = problems.map((problem) => `\n  - ${problem.message}`).join('');
  const fix = problems.find((problem) => problem.fix)?.fix;
  return new LoopError('E_LINK_FAILED', {
    fault: 'user',
    message: `cannot link component: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:${lines}`,
    fix,
    problems,
  });
}

/** An import has no provider of its name at a compatible version. */
export function importUnmet(wanted: string, offered: readonly string[]): LoopError<'E_IMPORT_UNMET'> {
  const list = offered.map((name) => `"${name}"`).join(', ');
  return new LoopError('E_IMPORT_UNMET', {
    fault: 'user',
    message: `import "${wanted}" has no provider; offered: ${list || 'nothing of that package'}`,
    fix: `add "${wanted}" to the imports given to link()`,
    at: { interface: wanted },
  });
}

/** A provider lacks an item of the interface it serves, or offers it with another type. */
export function importMismatch(at: ErrorPlace, why: string): LoopError<'E_IMPORT_MISMATCH'> {
  const name = [at.interface, at.function].filter(Boolean).join('.');
  return new LoopError('E_IMPORT_MISMATCH', {
    fault: 'user',
    message: `import "${name}": ${why}`,
    fix: `provide "${name}" as the component declares it`,
    at,
  });
}

/** Two names of one interface or type differ in WIT and are the same in JavaScript, where a hyphen before a digit is lost. */
export function nameCollision(a: string, b: string): LoopError<'E_NAME_COLLISION'> {
  return new LoopError('E_NAME_COLLISION', {
    fault: 'user',
    message: `"${a}" and "${b}" have the same name in JavaScript`,
    fix: 'give one of them another name in the WIT',
  });
}

/** The runtime has no JavaScript Promise Integration, which a suspending import needs. */
export function jspiMissing(name: string): LoopError<'E_JSPI_MISSING'> {
  return new LoopError('E_JSPI_MISSING', {
    fault: 'user',
    message: `import "${name}" is suspending, and this runtime lacks JavaScript Promise Integration`,
    fix: 'run on Node 24 or Chrome 137, or provide the import as a plain function',
    at: { function: name },
  });
}

/** A core start function calls a suspending import. Start functions cannot wait. */
export function startSuspends(): LoopError<'E_START_SUSPENDS'> {
  return new LoopError('E_START_SUSPENDS', {
    fault: 'user',
    message: 'a start function calls a suspending import, and cannot wait',
    fix: 'provide the import as a plain function',
  });
}

/** A call's arguments do not fit the function's parameters. The guest was not entered. */
export function argumentMismatch(at: ErrorPlace, why: string): LoopError<'E_ARGUMENT_MISMATCH'> {
  return new LoopError('E_ARGUMENT_MISMATCH', { fault: 'user', message: `cannot call "${at.function}": ${why}`, at });
}

/** The instance trapped before. What it holds cannot be trusted any more. */
export function instanceTrapped(name: string, cause: LoopError): LoopError<'E_INSTANCE_TRAPPED'> {
  return new LoopError('E_INSTANCE_TRAPPED', {
    fault: 'guest',
    message: `cannot call "${name}": this instance trapped before (${cause.code})`,
    fix: 'instantiate the component again',
    at: { function: name },
    cause,
  });
}

/** The instance was disposed, before the call or during it. */
export function instanceDisposed(name?: string): LoopError<'E_INSTANCE_DISPOSED'> {
  return new LoopError('E_INSTANCE_DISPOSED', {
    fault: 'user',
    message: `cannot ${name === undefined ? 'finish the call' : `call "${name}"`}: its instance was disposed`,
    at: name === undefined ? {} : { function: name },
  });
}

/** Resources of the host threw when the instance that owned them ended. `problems` holds each; all were asked to end. */
export function disposeFailed(problems: readonly LoopError[]): LoopError<'E_DISPOSE_FAILED'> {
  return new LoopError('E_DISPOSE_FAILED', {
    fault: 'host',
    message: `cannot dispose of what the instance owned: ${problems
      .slice(0, 5)
      .map((problem) => problem.message)
      .join('; ')}`,
    fix: 'let [Symbol.dispose] of host resources not throw',
    problems,
  });
}

/** The host called an export of an instance from inside an import that the same instance was calling. The guest was not entered. */
export function callReentrant(name: string): LoopError<'E_CALL_REENTRANT'> {
  return new LoopError('E_CALL_REENTRANT', {
    fault: 'host',
    message: `cannot call "${name}": its instance is in another call`,
    fix: 'call it after the current call has returned',
    at: { function: name },
  });
}

/** A call waited for a suspended call of the same instance, too long or with too many others. */
export function callBlocked(name: string, waitingFor: string | undefined, why: string): LoopError<'E_CALL_BLOCKED'> {
  const [state, what] =
    waitingFor === undefined
      ? ['in another call', 'that call']
      : [`suspended in import "${waitingFor}"`, `"${waitingFor}"`];
  return new LoopError('E_CALL_BLOCKED', {
    fault: 'host',
    message: `cannot call "${name}": its instance is ${state}, and ${why}`,
    fix: `let ${what} finish first: it must not wait for an export of its own caller`,
    at: { function: name },
  });
}

/** What was thrown, as text. To read it can run code of the host, which may throw in turn. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.message}` : String(thrown);
  } catch {
    return 'an object without a text';
  }
}

function fixOf(cause: unknown): string | undefined {
  try {
    return isLoopError(cause) ? cause.fix : undefined;
  } catch {
    return undefined;
  }
}

/** A host function that is not marked as suspending returned a promise. */
export function importPromise(name: string): LoopError<'E_IMPORT_PROMISE'> {
  return new LoopError('E_IMPORT_PROMISE', {
    fault: 'host',
    message: `import "${name}" returned a promise, but was not marked as suspending`,
    fix: 'wrap the function: suspending(fn)',
    at: { function: name },
  });
}

/** A host function threw, or rejected with, something that is not an error of its declared result type. */
export function importThrew(name: string, cause: unknown): LoopError<'E_IMPORT_THREW'> {
  return new LoopError('E_IMPORT_THREW', {
    fault: 'host',
    message: `import "${name}" failed: ${textOf(cause)}`,
    fix: fixOf(cause) ?? 'throw new ComponentError(payload) for an error that the guest may handle',
    at: { function: name },
    cause,
  });
}

/** A host function returned a value of another type than it declares. */
export function importResultMismatch(name: string, why: string): LoopError<'E_IMPORT_RESULT'> {
  return new LoopError('E_IMPORT_RESULT', {
    fault: 'host',
    message: `import "${name}" returned a wrong value: ${why}`,
    at: { function: name },
  });
}

/** A handle object was disposed, moved into a guest, or outlived the call that it was lent for. The guest was not entered. */
export function handleGone(at: ErrorPlace, why: string): LoopError<'E_HANDLE_GONE'> {
  return new LoopError('E_HANDLE_GONE', { fault: 'user', message: `cannot call "${at.function}": ${why}`, at });
}

/** The runtime cannot give an instance the memory that it starts with. */
export function outOfMemory(cause: unknown): LoopError<'E_OUT_OF_MEMORY'> {
  return new LoopError('E_OUT_OF_MEMORY', {
    fault: 'host',
    message: 'cannot instantiate component: the runtime has no memory for it',
    fix: 'dispose of other instances',
    cause,
  });
}

/** A value given to `Component.fromMessage` does not come from `toMessage` of this version. */
export function messageInvalid(
  why = 'is not from toMessage() of this version',
  fix = 'send what toMessage() gives, unchanged, between equal versions',
): LoopError<'E_MESSAGE_INVALID'> {
  return new LoopError('E_MESSAGE_INVALID', {
    fault: 'user',
    message: `cannot use component: the message ${why}`,
    fix,
  });
}
