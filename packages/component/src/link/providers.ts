import { compareVersions, compatibleRange, type InterfaceName, parseExternName } from '../types/names.ts';

/** What the host gives to `link`: providers by the name of the import they serve. */
export type Imports = Readonly<Record<string, unknown>>;

/** The providers that may serve one import, best first, and the names that came close. */
export interface Offer {
  readonly candidates: readonly { readonly name: string; readonly provider: unknown }[];
  readonly offered: readonly string[];
}

/**
 * Finds the providers for an import by name (Explainer, "Canonical Interface Name"): the exact name first, then those
 * of the same interface in the same compatible range, newest first, then one without a version, which serves any.
 */
export function findProviders(imports: Imports, wanted: string): Offer {
  const names = Object.keys(imports);
  const name = parseExternName(wanted);
  const exact = names.includes(wanted) ? [{ name: wanted, provider: imports[wanted] }] : [];
  if (typeof name === 'string' || name.kind !== 'interface')
    return { candidates: exact, offered: exact.length > 0 ? [] : names };
  const same: { text: string; parsed: InterfaceName }[] = [];
  for (const text of names) {
    const parsed = parseExternName(text);
    if (typeof parsed === 'string' || parsed.kind !== 'interface' || parsed.packageName !== name.packageName) continue;
    same.push({ text, parsed });
  }
  const compatible = same
    .filter(
      ({ text, parsed }) =>
        text !== wanted && parsed.interfaceName === name.interfaceName && isCompatible(parsed, name),
    )
    .sort((a, b) => compareOffers(a.parsed, b.parsed));
  const candidates = [...exact, ...compatible.map(({ text }) => ({ name: text, provider: imports[text] }))];
  return { candidates, offered: same.map(({ text }) => text) };
}

function isCompatible(offered: InterfaceName, wanted: InterfaceName): boolean {
  if (offered.version === undefined || wanted.version === undefined) return offered.version === undefined;
  return (
    compatibleRange(offered.version) === compatibleRange(wanted.version) &&
    hasSameStage(offered.version, wanted.version)
  );
}

/** A pre-release promises compatibility with nothing but itself. */
function hasSameStage(a: string, b: string): boolean {
  const stage = (version: string): string => /^[^+-]*(-[^+]*)?/.exec(version)?.[1] ?? '';
  return stage(a) === stage(b);
}

function compareOffers(a: InterfaceName, b: InterfaceName): number {
  if (a.version === undefined || b.version === undefined)
    return Number(a.version === undefined) - Number(b.version === undefined);
  return compareVersions(b.version, a.version);
}
