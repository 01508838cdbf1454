import type { SimRegion, SimulatedWorld } from '../../providers/simulated/world-types.ts';

/**
 * The price list of Compute Engine as Cloud Billing has it: nothing is priced by machine type, only vCPUs and memory
 * by family and region, among much that a machine is not billed for.
 */
export function skusOf(world: SimulatedWorld): readonly object[] {
  const skus: object[] = [];
  for (const region of world.regions.filter(({ provider }) => provider === 'gcp')) {
    for (const family of new Set(region.types.map((type) => type.family))) {
      const name = NAMES[family] ?? `${family.toUpperCase()} Instance`;
      const where = `running in ${region.name}`;
      const listed = ratesOf(region, family, (type) => region.onDemand(type));
      const spot = ratesOf(region, family, (type) => region.zones[0]?.spot(type));
      if (listed) {
        skus.push(
          sku(`${name} Core ${where}`, 'CPU', 'OnDemand', region.name, listed.core),
          sku(`${name} Ram ${where}`, 'RAM', 'OnDemand', region.name, listed.ram, 'GiBy.h'),
          // what looks the same and is not
          sku(`${name.replace('Instance', 'Sole Tenancy Instance')} Core ${where}`, 'CPU', 'OnDemand', region.name, 91),
          sku(`${name.replace('Instance', 'Custom Instance')} Core ${where}`, 'CPU', 'OnDemand', region.name, 92),
          sku(`Reserved ${name} Ram ${where}`, 'RAM', 'OnDemand', region.name, 93, 'GiBy.h'),
          sku(
            `Commitment v1: ${name.split(' ')[0]} Cpu in ${region.name} for 1 Year`,
            'CPU',
            'Commit1Yr',
            region.name,
            listed.core * 0.63,
          ),
          sku(
            `Commitment v1: ${name.split(' ')[0]} Ram in ${region.name} for 1 Year`,
            'RAM',
            'Commit1Yr',
            region.name,
            listed.ram * 0.63,
            'GiBy.h',
          ),
        );
      }
      if (spot) {
        skus.push(
          sku(`Spot Preemptible ${name} Core ${where}`, 'CPU', 'Preemptible', region.name, spot.core),
          sku(`Spot Preemptible ${name} Ram ${where}`, 'RAM', 'Preemptible', region.name, spot.ram, 'GiBy.h'),
        );
      }
    }
    skus.push(
      sku(`Nvidia L4 GPU running in ${region.name}`, 'GPU', 'OnDemand', region.name, 0.56004),
      sku(`SSD backed Local Storage in ${region.name}`, 'LocalSSD', 'OnDemand', region.name, 0.08, 'GiBy.mo'),
      sku(
        `Licensing Fee for Windows Server 2019 Datacenter Edition (CPU cost)`,
        'Google',
        'OnDemand',
        region.name,
        0.046,
      ),
      sku(`Balanced PD Capacity in ${region.name}`, 'SSD', 'OnDemand', region.name, 0.11, 'GiBy.mo'),
    );
  }
  return skus;
}

const NAMES: Readonly<Record<string, string>> = {
  c2: 'Compute optimized',
  n1: 'N1 Predefined Instance',
  n2d: 'N2D AMD Instance',
  t2a: 'T2A Arm Instance',
  t2d: 'T2D AMD Instance',
  c2d: 'C2D AMD Instance',
};

interface Rates {
  readonly core: number;
  readonly ram: number;
}

/** Two shapes tell vCPUs and memory apart; where there is one, half its price is memory. */
function ratesOf(region: SimRegion, family: string, priceOf: (type: string) => number | undefined): Rates | undefined {
  const shapes = region.types
    .filter((type) => type.family === family && !type.gpu)
    .flatMap(({ name, vcpu, memory }) => {
      const price = priceOf(name);
      return price === undefined ? [] : [{ vcpu, gib: memory / 1024, price }];
    })
    .toSorted((a, b) => a.gib / a.vcpu - b.gib / b.vcpu);
  const [low, high] = [shapes[0], shapes.at(-1)];
  if (!low || !high) return undefined;
  const det = low.vcpu * high.gib - high.vcpu * low.gib;
  if (Math.abs(det) < 1e-9) return { core: low.price / 2 / low.vcpu, ram: low.price / 2 / low.gib };
  return {
    core: (low.price * high.gib - high.price * low.gib) / det,
    ram: (low.vcpu * high.price - high.vcpu * low.price) / det,
  };
}

function sku(
  description: string,
  resourceGroup: string,
  usageType: string,
  region: string,
  usd: number,
  usageUnit = 'h',
): object {
  const units = Math.floor(usd);
  return {
    name: `services/6F81-5844-456A/skus/${Buffer.from(description).toString('hex').slice(0, 12)}`,
    description,
    category: { serviceDisplayName: 'Compute Engine', resourceFamily: 'Compute', resourceGroup, usageType },
    serviceRegions: [region],
    pricingInfo: [
      {
        summary: '',
        pricingExpression: {
          usageUnit,
          displayQuantity: 1,
          tieredRates: [
            {
              startUsageAmount: 0,
              unitPrice: { currencyCode: 'USD', units: String(units), nanos: Math.round((usd - units) * 1e9) },
            },
          ],
        },
        currencyConversionRate: 1,
      },
    ],
    serviceProviderName: 'Google',
  };
}
