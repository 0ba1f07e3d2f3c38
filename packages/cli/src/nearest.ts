/** The name that was probably meant: at most a third of its last part differs, and least of it as a whole. */
export function nearestOf(wanted: string, names: readonly string[]): string | undefined {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const isPath = last(wanted) !== wanted;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const lastDistance = distanceOf(last(wanted), last(name));
    const distance = isPath ? distanceOf(wanted, name) : lastDistance;
    if (lastDistance <= last(name).length / 3 && (!best || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** How many letters must be added, removed, replaced or exchanged to make one word of another. */
function distanceOf(a: string, b: string): number {
  if (a.length === b.length && a.length < 64 && isExchanged(a, b)) return 1;
  const length = Math.min(a.length, 64);
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}

/** Whether two neighbours changed places: `rnu` for `run`. */
function isExchanged(a: string, b: string): boolean {
  const at = a.split('').findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.slice(0, at) + (a[at + 1] ?? '') + a.charAt(at) + a.slice(at + 2) === b;
}
