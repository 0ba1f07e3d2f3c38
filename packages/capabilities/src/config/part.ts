import { allow, type GuestPart } from '@loophost/host/guest';
import { CONFIG_INTERFACES, type ConfigSettings } from './interfaces.ts';

/** Serves `wasi:config` from the entries that were granted. */
export const configPart: GuestPart = {
  link(settings, realm) {
    const { entries } = settings as ConfigSettings;
    const values = new Map(entries);
    const reported = new Set<string>();
    const report = (request: string): void => {
      if (reported.has(request)) return;
      reported.add(request);
      realm.report(allow(realm.capability, request));
    };
    const provider = {
      get(key: string): string | undefined {
        const value = values.get(key);
        if (value !== undefined) report(`get ${key}`);
        return value;
      },
      getAll(): [string, string][] {
        report('get-all');
        return entries.map(([key, value]) => [key, value]);
      },
    };
    return { imports: Object.fromEntries(CONFIG_INTERFACES.map((name) => [name, provider])) };
  },
};
