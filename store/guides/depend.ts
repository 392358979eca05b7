/** Which installed guides a guide depends on. Pure. */

export interface Depending {
  readonly n: number;
  readonly name: string;
  readonly version: string;
  readonly depends: Readonly<Record<string, string>>;
}

/** Versions that stand for the newest there is. */
const NEWEST: ReadonlySet<string> = new Set(['latest', 'current', 'dev', '*', '']);

/** The highest version of those that fit what a package asks for: `6.1.0`, `6.1.x`, `latest`. */
export function fitting(versions: readonly string[], asked: string): string | undefined {
  const wanted = asked.replace(/\$.*$/, '');
  const parts = wanted.split('.');
  const fits = (version: string) => {
    if (NEWEST.has(wanted) || version === wanted) return true;
    if (!parts.some((part) => part === 'x' || part === '*')) return false;
    const own = version.split('.');
    return parts.every((part, i) => part === 'x' || part === '*' || part === own[i]);
  };
  return versions.filter(fits).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
}

/** For each guide itself and all that it depends on, at however many steps. */
export function reachOf(guides: readonly Depending[]): ReadonlyMap<number, ReadonlySet<number>> {
  const direct = new Map(guides.map((guide) => [guide.n, neededBy(guide, guides)]));
  return new Map(
    guides.map(({ n }) => {
      const reached = new Set([n]);
      for (const one of reached) for (const next of direct.get(one)!) reached.add(next);
      return [n, reached];
    }),
  );
}

function neededBy({ depends }: Depending, guides: readonly Depending[]): number[] {
  return Object.entries(depends).flatMap(([name, asked]) => {
    const named = guides.filter((guide) => guide.name === name);
    const version = fitting(
      named.map((guide) => guide.version),
      asked,
    );
    return named.find((guide) => guide.version === version)?.n ?? [];
  });
}
