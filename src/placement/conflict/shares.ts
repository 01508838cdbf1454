import type { LinearProgram } from './linear.ts';
import type { Location, Options } from './options.ts';
import type { Terms } from './rules.ts';
import type { Scene } from './scene.ts';
import type { Wanted } from './shortfall.ts';
import type { Spend } from './spend.ts';

/** Price of a share of the bill over its cap, against one replica that is missing. */
const OVER = 10;

/**
 * The vendors' shares of the $/h as rows. What a provider is paid is a column: no less than what the replicas there and
 * the nodes that must stay cost, and as much more as the nodes cost that some group may use, since nothing forbids
 * dear or idle ones. A provider of which there is no end can always be paid more; so a cap clashes where the others
 * have an end, or are capped too.
 *
 * @returns what one replica of a group at a location puts into the rows: row and value in turn
 */
export function shareRows(
  program: LinearProgram,
  scene: Scene,
  terms: Terms,
  spend: Spend,
  present: readonly number[],
  targets: Wanted[],
): (g: number, location: number) => number[] {
  const { options } = scene;
  const there = scene.buyers.filter((g) => terms.reading === 'loosened' || (terms.replicas[g] as number) > 0);
  const wanted = spend.wanted(terms, there);
  const providers = [...wanted.keys()].toSorted();
  const capped = providers.filter((p) => terms.vendorShareAtMost.has(p));
  const caps = new Map(capped.map((p) => [p, program.row(-Infinity, 0)]));
  const costs = new Map<string, number[]>();
  const alone = new Map<string, number>();
  for (const provider of capped) {
    const rows = Array.from({ length: spend.measures }, () => program.row(0, Infinity));
    costs.set(provider, rows);
    for (const g of present) alone.set(`${provider} ${g}`, program.row(0, Infinity));
    targets.push({ column: program.column(OVER, 0, Infinity, [caps.get(provider) as number, -1]), all: 0 });
  }
  for (const provider of providers) {
    const entries = [...caps].flatMap(([p, row]) => [
      row,
      (p === provider ? 1 : 0) - (terms.vendorShareAtMost.get(p) as number),
    ]);
    if (caps.has(provider)) {
      for (const row of costs.get(provider) ?? []) entries.push(row, 1);
      for (const g of present) entries.push(alone.get(`${provider} ${g}`) as number, 1);
    }
    const { least, most } = payable(options, terms, provider, wanted.get(provider) ?? []);
    program.column(0, least / spend.unit, most / spend.unit, entries);
  }
  return (g, location) => {
    const { grain } = scene.places(g);
    const { provider } = grain.locations[location] as Location;
    const rows = costs.get(provider);
    if (!rows) return [];
    const usd = spend.together(g, grain, terms).subarray(location * spend.measures, (location + 1) * spend.measures);
    const entries = rows.flatMap((row, m) => ((usd[m] as number) > 0 ? [row, -(usd[m] as number) / spend.unit] : []));
    const own = spend.single(g, grain, terms)[location] as number;
    return own > 0 ? [...entries, alone.get(`${provider} ${g}`) as number, -own / spend.unit] : entries;
  };
}

/** Least and most $/h that a provider can be paid, whatever runs there. */
function payable(
  options: Options,
  terms: Terms,
  provider: string,
  wanted: readonly number[],
): { readonly least: number; readonly most: number } {
  const usd = (o: number): number => options.offerings[o]?.usdPerHour ?? 0;
  let least = 0;
  let most = 0;
  for (const o of options.kept) {
    if (options.offerings[o]?.provider === provider) least += (terms.atLeast[o] as number) * usd(o);
  }
  for (const o of wanted) {
    if (usd(o) > 0) most += (terms.atMost[o] as number) * usd(o);
    if (most === Infinity) break;
  }
  // what must stay may be among what is wanted; counted twice it only leaves more room
  return { least, most: least + most };
}
