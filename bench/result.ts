import type { Measured } from './measure.ts';

const UNITS = { ns: 1, us: 1e3, ms: 1e6 } as const;

export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly theirs: number;
  readonly peer: string;
  readonly ratio: number;
}

export function resultOf(name: string, unit: keyof typeof UNITS, peer: string, { ours, theirs }: Measured): Result {
  const round = (value: number): number => Number((value / UNITS[unit]).toPrecision(4));
  return { name, unit, ours: round(ours), theirs: round(theirs), peer, ratio: Number((theirs / ours).toPrecision(4)) };
}

export function print(result: Result, bound: number | undefined): void {
  const { name, unit, ours, theirs, peer, ratio } = result;
  const verdict = bound === undefined ? '' : ratio >= bound ? `  (promised ${bound})` : `  BELOW the promised ${bound}`;
  const figures = `${String(ours).padStart(9)} ${unit.padEnd(3)} against ${String(theirs).padStart(9)} ${unit.padEnd(3)}`;
  console.log(`${name.padEnd(18)} ${figures} ratio ${String(ratio).padStart(7)}  ${peer}${verdict}`);
}
