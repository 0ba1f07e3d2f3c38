import { isLoopError, LoopError } from '@loophost/component';
import type { TrustClass } from './capability.ts';
import { plain } from './decision.ts';
import { textOf } from './wire.ts';

/** No capability of the host serves an import of the component. */
export function importUnprovided(d: {
  component: string;
  wanted: string;
  offered: readonly string[];
}): LoopError<'E_IMPORT_UNPROVIDED'> {
  const offered = d.offered.map((name) => `"${name}"`).join(', ') || 'nothing of that package';
  return new LoopError('E_IMPORT_UNPROVIDED', {
    fault: 'user',
    message: `cannot link component "${d.component}": its import "${d.wanted}" has no provider; this host offers ${offered}`,
    fix: `add a capability that serves "${d.wanted}" to the host`,
    at: { component: d.component, interface: d.wanted },
  });
}

/** An import is served only under a grant that the component does not have. */
export function grantMissing(d: {
  component: string;
  wanted: string;
  capability: string;
  reason: string;
  fix: string;
}): LoopError<'E_GRANT_MISSING'> {
  return new LoopError('E_GRANT_MISSING', {
    fault: 'user',
    message: `cannot link component "${d.component}": its import "${d.wanted}" is denied: ${d.reason}`,
    fix: d.fix,
    at: { component: d.component, interface: d.wanted },
  });
}

/** An import, or the place where a component is to run, is for components of a higher trust class. */
export function trustTooLow(d: {
  component: string;
  what: string;
  needed: TrustClass;
  found: TrustClass;
}): LoopError<'E_TRUST_TOO_LOW'> {
  return new LoopError('E_TRUST_TOO_LOW', {
    fault: 'user',
    message: `cannot link component "${d.component}": ${d.what} is for ${d.needed} components, and this one is ${d.found}`,
    fix: `link it with trust "${d.needed}" if you know who wrote it`,
    at: { component: d.component },
  });
}

/** A grant is not of the form that its capability takes, or no capability of the host has its name. */
export function grantInvalid(d: { capability: string; why: string; fix: string }): LoopError<'E_GRANT_INVALID'> {
  return new LoopError('E_GRANT_INVALID', {
    fault: 'user',
    message: `cannot use the grant "${d.capability}": ${d.why}`,
    fix: d.fix,
  });
}

/** The host has no executor of the name that a link asks for. */
export function executorUnknown(name: string, known: readonly string[]): LoopError<'E_EXECUTOR_UNKNOWN'> {
  return new LoopError('E_EXECUTOR_UNKNOWN', {
    fault: 'user',
    message: `cannot link: this host has no executor "${name}"`,
    fix: `use one of ${known.map((one) => `"${one}"`).join(', ')}`,
  });
}

/** A call names a function that the component does not export, or more than one. */
export function functionUnknown(name: string, why: string, known: readonly string[]): LoopError<'E_FUNCTION_UNKNOWN'> {
  const some = known.slice(0, 10).map((one) => `"${one}"`);
  return new LoopError('E_FUNCTION_UNKNOWN', {
    fault: 'user',
    message: `cannot call "${plain(name, 200)}": ${why}`,
    fix:
      some.length > 0
        ? `call one of ${some.join(', ')}${known.length > 10 ? ', …' : ''}`
        : 'the component exports no function',
    at: { function: plain(name, 200) },
  });
}

/**
 * What a call is waiting for: a free instance of a pool, the start of its instance, its turn there, an answer of the host, or
 * the guest.
 */
export type CallStage =
  | { readonly kind: 'queued' | 'starting' | 'waiting' | 'running' }
  | { readonly kind: 'asking'; readonly what: string };

/** A call did not return in time: because of the guest, or of something that it waits for. */
export function deadlineExceeded(name: string, timeoutMs: number, stage: CallStage): LoopError<'E_DEADLINE_EXCEEDED'> {
  const [why, others = ''] = whyLate(stage, `within ${timeoutMs} ms`);
  return new LoopError('E_DEADLINE_EXCEEDED', {
    fault: 'guest',
    message: `cannot finish "${name}": ${why}`,
    fix: `call it with a larger timeoutMs, if it needs one${others}`,
    at: { function: name },
  });
}

function whyLate(stage: CallStage, within: string): [why: string, others?: string] {
  switch (stage.kind) {
    case 'queued':
      return [`no instance of the pool was free for it ${within}`, ', or make the pool larger'];
    case 'starting':
      return [`its instance had not started ${within}`, ', or start the instance or pool beforehand'];
    case 'waiting':
      return [`its instance was at other calls ${within}`, ', or share the calls among the instances of a pool'];
    case 'asking':
      return [
        `it did not return ${within}, waited for "${stage.what}" at last, and its instance was ended`,
        `, or let "${stage.what}" answer sooner: it never can while it waits for another call of the same instance`,
      ];
    case 'running':
      return [`it did not return ${within}, and its instance was ended`];
  }
}

/** A guest did not start in time. */
export function startTimedOut(component: string, timeoutMs: number): LoopError<'E_START_TIMED_OUT'> {
  return new LoopError('E_START_TIMED_OUT', {
    fault: 'guest',
    message: `cannot start component "${component}": its start functions did not return within ${timeoutMs} ms`,
    fix: 'raise limits.startTimeoutMs, if it needs more',
    at: { component },
  });
}

/** The caller aborted a call by its signal. Its guest was ended, if the call had begun: it cannot be stopped otherwise. */
export function callAborted(name: string, cause: unknown): LoopError<'E_CALL_ABORTED'> {
  return new LoopError('E_CALL_ABORTED', {
    fault: 'user',
    message: `cannot finish "${name}": the caller aborted it`,
    fix: 'call again, if the call may be made twice',
    at: { function: name },
    cause,
  });
}

/** A call was open when its guest ended for a reason of another call, or before it could begin. */
export function guestEnded(component: string, cause: unknown): LoopError<'E_GUEST_ENDED'> {
  const why = cause instanceof Error ? cause.message : 'it was disposed of';
  return new LoopError('E_GUEST_ENDED', {
    fault: 'guest',
    message: `cannot finish the call: component "${component}" ended meanwhile: ${why}`,
    fix: 'call again, if the call may be made twice',
    at: { component },
    cause,
  });
}

/** The thread of a guest ended by itself, as one does that runs out of memory for JavaScript. */
export function threadDied(why: string): LoopError<'E_THREAD_DIED'> {
  return new LoopError('E_THREAD_DIED', {
    fault: 'guest',
    message: `the guest's thread ended by itself: ${why}`,
    fix: 'let calls pass smaller values, or raise maxHeapBytes, if its memory ran out',
  });
}

/** An instance ended more often than its limits let it start again. */
export function restartsExhausted(d: {
  component: string;
  maxRestarts: number;
  windowMs: number;
  cause: unknown;
}): LoopError<'E_RESTARTS_EXHAUSTED'> {
  return new LoopError('E_RESTARTS_EXHAUSTED', {
    fault: 'guest',
    message: `cannot restart component "${d.component}": it ended, and was restarted ${d.maxRestarts} times within ${d.windowMs} ms already`,
    fix: 'wait, make a new instance, or raise limits.maxRestarts',
    at: { component: d.component },
    cause: d.cause,
  });
}

/** More calls are open, or wait, than the limit allows. */
export function callsExceeded(what: string, limit: number, option: string): LoopError<'E_CALLS_EXCEEDED'> {
  return new LoopError('E_CALLS_EXCEEDED', {
    fault: 'user',
    message: `cannot call: ${what}, and the limit is ${limit}`,
    fix: `wait for calls to return, or raise ${option}`,
  });
}

/** One side holds more resources of the other than the limit allows. */
export function handlesExceeded(limit: number): LoopError<'E_HANDLES_EXCEEDED'> {
  return new LoopError('E_HANDLES_EXCEEDED', {
    fault: 'guest',
    message: `cannot hand over a resource: the other side holds ${limit} already`,
    fix: 'dispose of resources that are no longer needed, or raise limits.maxHandles',
  });
}

/** One call of an export made more calls of imports than the limit allows. */
export function hostCallsExceeded(limit: number): LoopError<'E_HOST_CALLS_EXCEEDED'> {
  return new LoopError('E_HOST_CALLS_EXCEEDED', {
    fault: 'guest',
    message: `the guest made more than ${limit === 1 ? 'one call' : `${limit} calls`} to its host in one call, and was ended`,
    fix: 'raise limits.maxHostCalls, if it needs more',
  });
}

/** A resource is passed that is disposed of, moved, or of another instance. */
export function resourceGone(why: string, fix?: string): LoopError<'E_RESOURCE_GONE'> {
  return new LoopError('E_RESOURCE_GONE', {
    fault: 'user',
    message: `cannot pass the resource: ${why}`,
    fix: fix ?? 'get another one of the instance that is called',
  });
}

/** An instance, a pool or a host is used after it was disposed of. */
export function disposed(what: string): LoopError<'E_DISPOSED'> {
  return new LoopError('E_DISPOSED', {
    fault: 'user',
    message: `cannot use ${what}: it is disposed of`,
    fix: 'make another one, or dispose of it later',
  });
}

/** Arguments cannot be copied to the guest's thread: a function or an object of a class is among them. */
export function notTransferable(name: string, cause: unknown): LoopError<'E_ARGUMENT_NOT_PLAIN'> {
  return new LoopError('E_ARGUMENT_NOT_PLAIN', {
    fault: 'user',
    message: `cannot call "${name}": an argument cannot be copied to another thread: ${textOf(cause)}`,
    fix: 'pass plain data, typed arrays, and resources of this instance',
    at: { function: name },
    cause,
  });
}

/** Code of the embedder's, such as a function of a provider, threw something that its interface does not declare. */
export function providerFailed(name: string, cause: unknown): LoopError<'E_PROVIDER_FAILED'> {
  return new LoopError('E_PROVIDER_FAILED', {
    fault: 'host',
    message: `the provider of "${name}" failed: ${textOf(cause)}`,
    fix: 'see its cause; a provider throws a ComponentError to give the guest the error of a result',
    cause: cause instanceof Error ? cause : new Error(textOf(cause)),
  });
}

/** What code of the embedder's threw, as an error that says whose it is. */
export function failureIn(name: string, thrown: unknown): LoopError {
  return isReadably(isLoopError, thrown) ? thrown : providerFailed(name, thrown);
}

/** Tells whether something thrown is of a kind. It may be a proxy that throws in turn. */
export function isReadably<T>(is: (thrown: unknown) => thrown is T, thrown: unknown): thrown is T {
  try {
    return is(thrown);
  } catch {
    return false;
  }
}
