import { isLoopError, type LoopError } from '@loophost/component';
import type { Decision, ImportReport } from '@loophost/host';
import { PROGRAM } from '../errors.ts';
import { CommandFailure } from '../failure.ts';
import { GRANTING } from './grants.ts';
import { formatBytes } from './units.ts';

/**
 * What helps on the command line, where the host's advice speaks of grants and limits in a program. Undefined where that
 * advice fits as it is.
 */
export function adviceFor(error: LoopError): string | undefined {
  const { code, at, message, fix } = error;
  switch (code) {
    case 'E_GRANT_MISSING':
      return adviceForImport(at.interface ?? '');
    case 'E_IMPORT_UNPROVIDED':
      return `link it in a program that provides it: ${PROGRAM}`;
    case 'E_TRUST_TOO_LOW':
      return 'add --trust trusted, if you know who wrote it';
    case 'E_DEADLINE_EXCEEDED':
    case 'E_START_TIMED_OUT':
      return 'give it more time, if it needs that: --timeout 1m';
    case 'E_HOST_CALLS_EXCEEDED':
      return 'let it make more, if it needs that: --max-host-calls 10000000';
    case 'E_GC_HEAP_DENIED':
      return 'run it with --trust trusted, if you know that it does not exhaust the process';
    case 'E_GRANT_INVALID':
      return fix?.replace(/^write it as `.*`$/s, exampleFor(message) ?? '$&');
    default:
      return fix?.includes('limits.maxMemoryBytes')
        ? `give it more, if you trust it: --memory ${memoryFor(message)}`
        : undefined;
  }
}

/** The next round size that is enough. */
function memoryFor(message: string): string {
  const wanted = Number(/ is (\d+), more than/.exec(message)?.[1] ?? 2 ** 30);
  return formatBytes(2 ** Math.ceil(Math.log2(wanted)));
}

function exampleFor(message: string): string | undefined {
  const granting = GRANTING.find(({ capability }) => message.includes(`"${capability}"`));
  return granting && `write it like ${granting.example}`;
}

function adviceForImport(wanted: string): string | undefined {
  const granting = GRANTING.find(({ serves }) => wanted.startsWith(serves));
  return granting && `allow it with ${granting.example}`;
}

/** What would have an import served; undefined when no option would. */
export function adviceForReport({ name, status, capability }: ImportReport): string | undefined {
  if (status !== 'denied' || capability === undefined) return undefined;
  return adviceForImport(name) ?? '--trust trusted';
}

/** What would have a denied request allowed; undefined when nothing would. */
export function adviceForDecision({ capability, reason, request, fix }: Decision): string | undefined {
  if (capability === 'http') return adviceForRequest(fix);
  if (capability === 'filesystem') return adviceForFiles(reason, fix);
  if (capability === 'keyValue' && reason === 'not-granted')
    return `allow it with --kv ${request.replace(/^open /, '')}=memory`;
  if (capability === 'environment' && reason === 'not-granted')
    return 'give it a variable with --env NAME=value, or arguments behind --';
  if (capability === 'sockets') return 'use wasi:http for outgoing requests, and --allow-http';
  if (capability === 'logging') return 'have it log less';
  return withoutRaising(fix);
}

function adviceForRequest(fix: string | undefined): string | undefined {
  const [, origin, list] = /"([^"]+)" to http\.(allow|allowPrivate)$/.exec(fix ?? '') ?? [];
  if (list === 'allow') return `allow it with --allow-http ${origin}`;
  if (list === 'allowPrivate') return `if that host is yours, allow it with --allow-http ${origin}=private`;
  return withoutRaising(fix)?.replace('name its address in http.allow', 'give its address with --allow-http');
}

function adviceForFiles(reason: string, fix: string | undefined): string | undefined {
  if (reason === 'read-only') return 'leave out :ro behind the --dir that it is in';
  if (reason === 'outside-directory')
    return 'give the directory that it leads to with --dir, and have the guest use that';
  return withoutRaising(fix);
}

/** Leaves out a bound that only a program can raise. */
function withoutRaising(fix: string | undefined): string | undefined {
  return fix?.replace(/, or raise [\w.]+$/, '');
}

/** Takes the error of a link apart: each problem with its own advice, imports that one option would allow together. */
export function linkProblems(thrown: unknown, file: string): unknown {
  return isLoopError(thrown) ? new AggregateError(linkFailures(problemsOf(thrown), file)) : thrown;
}

export function problemsOf(error: LoopError): readonly LoopError[] {
  return error.problems.length > 0 ? error.problems : [error];
}

export function linkFailures(problems: readonly LoopError[], file: string): readonly CommandFailure[] {
  const found = new Map<
    string,
    { readonly first: LoopError; readonly fix: string | undefined; readonly also: string[] }
  >();
  for (const problem of problems) {
    const { code, message, at } = problem;
    const fix = adviceFor(problem);
    const key = code === 'E_GRANT_MISSING' ? `${fix}` : `${code} ${message}`;
    const same = found.get(key);
    if (same) same.also.push(`${file} ${at.interface ?? ''}`);
    else found.set(key, { first: problem, fix, also: [] });
  }
  return [...found.values()].map(
    ({ first, fix, also }) => new CommandFailure(first, { place: placeOf(first, file), fix, also }),
  );
}

/** What a grant gets wrong stands on the command line, not in the file. */
function placeOf({ code, message }: LoopError, file: string): string {
  if (code !== 'E_GRANT_INVALID') return file;
  const granting = GRANTING.find(({ capability }) => message.includes(`"${capability}"`));
  return granting ? `--${granting.option}` : file;
}
