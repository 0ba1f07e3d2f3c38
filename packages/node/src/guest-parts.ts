import { type GuestPart, type GuestParts, remotePart } from '@loophost/host/guest';

/** The guest parts of our own capabilities, each loaded when a component needs it. */
const PARTS: Readonly<Record<string, () => Promise<GuestPart>>> = {
  config: async () => (await import('@loophost/capabilities/guest')).configPart,
  keyValue: async () => (await import('@loophost/capabilities/guest')).keyValuePart,
  logging: async () => (await import('@loophost/capabilities/guest')).loggingPart,
  filesystem: async () => (await import('./files/part.ts')).filePart,
  'memory-filesystem': async () => (await import('@loophost/capabilities/guest')).memoryFilesystemPart,
  http: async () => (await import('@loophost/capabilities/guest')).httpPart,
  remote: async () => remotePart,
  io: async () => (await import('@loophost/capabilities/guest')).ioPart,
  environment: async () => (await import('@loophost/capabilities/guest')).environmentPart,
  stdio: async () => (await import('@loophost/capabilities/guest')).stdioPart(),
  'node-stdio': async () => (await import('./stdio/part.ts')).nodeStdioPart,
  clocks: async () => (await import('@loophost/capabilities/guest')).clocksPart,
  random: async () => (await import('@loophost/capabilities/guest')).randomPart,
  sockets: async () => (await import('@loophost/capabilities/guest')).socketsPart,
};

/** Finds a guest part by its name, or loads the module at a URL, which exports one as `guestPart`. */
export const guestParts: GuestParts = async (name) => {
  const load = PARTS[name];
  if (load) return load();
  const module = (await import(name)) as { readonly guestPart: GuestPart };
  return module.guestPart;
};
