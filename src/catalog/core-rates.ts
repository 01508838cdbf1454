import { usdPerHour, type UsdPerHour } from '../units.ts';
import type { ProviderCatalog } from './snapshot.ts';

/** What a family's vCPU and GiB cost an hour on demand in one region. */
export interface CoreAndMemoryRate {
  readonly perVcpu: UsdPerHour;
  readonly perGib: UsdPerHour;
  /** types the rates were fitted to */
  readonly types: number;
  /** largest relative difference between a type's list price and vCPUs × rate + GiB × rate */
  readonly worstError: number;
}

/**
 * The rates of vCPU and memory apart, which Google's resource commitments are bought and used in, although price lists
 * show whole machines: least squares of relative error over the family's plain types.
 *
 * A family with one ratio of memory to vCPUs (`t2d-standard`) does not tell the two apart; it is split so that a vCPU
 * costs as much as 7.5 GiB, the ratio of Google's N2, and adds up to the list price either way.
 *
 * undefined where the family has no plain type in the region, or where its prices are not made of vCPUs and memory.
 */
export function coreAndMemoryRate(
  catalog: ProviderCatalog,
  region: string,
  family: string,
): CoreAndMemoryRate | undefined {
  const shapes = plainShapes(catalog, region, family);
  if (shapes.length === 0) return undefined;
  const [perVcpu, perGib] = oneRatio(shapes) ? split(shapes) : leastSquares(shapes);
  if (!(perVcpu > 0 && perGib > 0)) return undefined;
  const errors = shapes.map((s) => Math.abs((s.vcpu * perVcpu + s.gib * perGib) / s.price - 1));
  const worstError = Math.max(...errors);
  if (worstError > MOST_ERROR) return undefined;
  return { perVcpu: usdPerHour(perVcpu), perGib: usdPerHour(perGib), types: shapes.length, worstError };
}

/** Beyond this the price holds something else than vCPUs and memory. */
const MOST_ERROR = 0.05;
const GIB_PER_VCPU_PRICE = 7.5;

interface Shape {
  readonly vcpu: number;
  readonly gib: number;
  readonly price: number;
}

/** Without GPUs, local SSDs, whole hosts and shared cores, whose prices hold more or less than vCPUs and memory. */
function plainShapes(catalog: ProviderCatalog, region: string, family: string): readonly Shape[] {
  const prices = catalog.regions.get(region)?.onDemand;
  if (!prices) return [];
  const shapes: Shape[] = [];
  catalog.types.forEach(({ name, family: of, vcpu, memory, gpu }, i) => {
    const price = prices[i] ?? Number.NaN;
    if (of !== family || Number.isNaN(price) || gpu || /lssd|metal|-(?:micro|small|medium)$/.test(name)) return;
    shapes.push({ vcpu, gib: memory / 1024, price });
  });
  return shapes;
}

function oneRatio(shapes: readonly Shape[]): boolean {
  const ratios = shapes.map((s) => s.gib / s.vcpu);
  return Math.max(...ratios) / Math.min(...ratios) < 1.02;
}

function split(shapes: readonly Shape[]): readonly [number, number] {
  const perGib = shapes.map((s) => s.price / (s.vcpu * GIB_PER_VCPU_PRICE + s.gib)).toSorted((a, b) => a - b);
  const middle = perGib[perGib.length >> 1] ?? Number.NaN;
  return [middle * GIB_PER_VCPU_PRICE, middle];
}

/** The two normal equations, each shape weighed by 1 / price². */
function leastSquares(shapes: readonly Shape[]): readonly [number, number] {
  let [cc, cm, mm, c, m] = [0, 0, 0, 0, 0];
  for (const { vcpu, gib, price } of shapes) {
    const [x, y] = [vcpu / price, gib / price];
    cc += x * x;
    cm += x * y;
    mm += y * y;
    c += x;
    m += y;
  }
  const det = cc * mm - cm * cm;
  return [(c * mm - m * cm) / det, (m * cc - c * cm) / det];
}
