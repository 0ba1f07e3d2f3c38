import { type ByteSink, type ByteSource, IoFailure } from '../io/bytes.ts';
import { type Appender, type BackendFile, FileFailure } from './backend.ts';
import type { Shared } from './open-files.ts';

/** The bytes of a file from a place on. Keeps the file open, whatever becomes of its descriptor. */
export function fileSource(file: Shared<BackendFile>, from: number): ByteSource {
  let at = from;
  return {
    read(max) {
      const bytes = streamed(() => file.value.read(max, at));
      at += bytes.length;
      return bytes.length === 0 ? undefined : bytes;
    },
    close: () => file.release(),
  };
}

/** Writes into a file from a place on. */
export function fileSink(file: Shared<BackendFile>, from: number): ByteSink {
  let at = from;
  return {
    write(bytes) {
      for (let done = 0; done < bytes.length;) {
        const count = streamed(() => file.value.write(bytes.subarray(done), at));
        done += count;
        at += count;
      }
    },
    close: () => file.release(),
  };
}

/** Writes at the end of a file. */
export function appendSink(appender: Shared<Appender>): ByteSink {
  return {
    write(bytes) {
      for (let done = 0; done < bytes.length;) done += streamed(() => appender.value.append(bytes.subarray(done)));
    },
    close: () => appender.release(),
  };
}

function streamed<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof FileFailure)) throw thrown;
    throw new IoFailure(`the file system failed: ${thrown.code}`, { of: 'filesystem', value: thrown.code });
  }
}
