import type { Arch, ProviderName } from '../../src/catalog/offering.ts';
import { emptyRegion, type InstanceType, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';

/** type, vCPU, GiB, on-demand $/h, architecture and GPU where they are not amd64 and none */
type Row = readonly [name: string, vcpu: number, gib: number, usd: number, arch?: Arch, gpu?: string];

const AWS: readonly Row[] = [
  ['m5.large', 2, 8, 0.107],
  ['m5.xlarge', 4, 16, 0.214],
  ['m5.2xlarge', 8, 32, 0.428],
  ['c6a.2xlarge', 8, 16, 0.328],
  ['c6a.large', 2, 4, 0.082],
  ['r6a.large', 2, 16, 0.127],
  ['m7g.large', 2, 8, 0.0911, 'arm64'],
  ['m7g.2xlarge', 8, 32, 0.3643, 'arm64'],
  ['t3.large', 2, 8, 0.0912],
  ['g5.xlarge', 4, 16, 1.123, 'amd64', 'a10g'],
  ['g4dn.xlarge', 4, 16, 0.587, 'amd64', 't4'],
];
const AZURE: readonly Row[] = [
  ['Standard_D2s_v5', 2, 8, 0.115],
  ['Standard_D4s_v5', 4, 16, 0.23],
  ['Standard_D8s_v5', 8, 32, 0.46],
  ['Standard_F8s_v2', 8, 16, 0.388],
];
const GCP: readonly Row[] = [
  ['e2-standard-2', 2, 8, 0.0738],
  ['e2-standard-4', 4, 16, 0.1475],
  ['n2d-standard-8', 8, 32, 0.372],
];

/** A small price list of each cloud, the same in its two regions but for the second's discount of 10%. */
export function priceLists(): ReadonlyMap<ProviderName, ProviderCatalog> {
  return new Map<ProviderName, ProviderCatalog>([
    ['aws', list('aws', AWS, ['eu-west-1', 'eu-north-1', 'us-east-1'])],
    ['azure', list('azure', AZURE, ['westeurope', 'eastus'])],
    ['gcp', list('gcp', GCP, ['europe-west4', 'us-central1'])],
  ]);
}

function list(provider: ProviderName, rows: readonly Row[], regions: readonly string[]): ProviderCatalog {
  const types = rows.map(([name, vcpu, gib, , arch, gpu]): InstanceType => ({
    name,
    family: name.split(/[.-]/)[0] ?? name,
    arch: arch ?? 'amd64',
    vcpu,
    memory: mib(gib * 1024),
    ...(gpu !== undefined && { gpu: { name: gpu, count: 1 } }),
    spot: true,
  }));
  return {
    provider,
    sources: [{ name: `${provider} test list`, asOf: instant(Date.UTC(2026, 0, 2)), basis: 'listed', licence: 'none' }],
    types,
    indexOf: new Map(types.map((type, i) => [type.name, i])),
    regions: new Map(
      regions.map((name, r) => {
        const region = emptyRegion(name, rows.length);
        rows.forEach(([, , , usd], i) => {
          region.onDemand[i] = usd * (r === 1 ? 0.9 : 1);
          region.spot[i] = usd * 0.35 * (r === 1 ? 0.9 : 1);
        });
        return [name, region] as const;
      }),
    ),
  };
}
