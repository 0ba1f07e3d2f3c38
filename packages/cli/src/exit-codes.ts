/** What the exit code of `loop` tells. A command component's own exit code is passed on as it is. */
export const EXIT = {
  ok: 0,
  /** The guest failed: it trapped, returned an error, or exited with failure. */
  guest: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The component cannot be read, compiled or linked. */
  component: 3,
  /** Loophost or its environment failed. */
  host: 4,
  /** Nobody reads the guest's standard output any more: 128 and the number of SIGPIPE, as shells have it. */
  unread: 141,
  /** Ended by Ctrl-C: 128 and the number of SIGINT. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;
