import { coreAndMemoryRate } from '../../src/catalog/core-rates.ts';
import type { ResourceCommitment } from '../../src/catalog/contract.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { answered, type Answer } from '../../src/failure.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { mib, usdPerHour } from '../../src/units.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { lastOf, listOf, numberOf, textOf, timeOf, type Fields } from './fields.ts';
import { ratesNow, type RateList } from './prices.ts';
import { cpuOf, ramOf, rateKey } from './skus.ts';

/**
 * Resource commitments in force in the fleet's regions. What each costs an hour stands in no answer of Compute's: it
 * is its vCPUs and memory at the committed rates of the price list, or of the package at Google's usual discount.
 *
 * Flexible commitments belong to the billing account and cannot be read here: they are stated in the fleet file.
 */
export async function commitmentsIn(
  account: Account,
  calls: Calls,
  parts: ProviderParts,
  snapshot: ProviderCatalog | undefined,
): Promise<Answer<readonly ResourceCommitment[]>> {
  const api = 'compute.regionCommitments.aggregatedList';
  const { project } = account;
  const found = await listEverywhere(calls, account, api, 'commitments');
  if (!found.ok) return found;
  const active = found.value.filter(({ status }) => status === 'ACTIVE');
  const rates = active.length > 0 ? await ratesNow(project, calls, parts) : undefined;
  return answered(
    active.flatMap((fields) => {
      const commitment = commitmentOf(fields, project, rates, snapshot);
      return commitment && account.regions.some(({ name }) => name === commitment.region) ? [commitment] : [];
    }),
  );
}

function commitmentOf(
  fields: Fields,
  project: string,
  rates: RateList | undefined,
  snapshot: ProviderCatalog | undefined,
): ResourceCommitment | undefined {
  const [name, region, until] = [textOf(fields['name']), lastOf(fields['region']), timeOf(fields['endTimestamp'])];
  const family = FAMILIES.get(textOf(fields['type']) ?? '');
  if (name === undefined || region === undefined || until === undefined || family === undefined) return undefined;
  const amount = (type: string): number =>
    listOf(fields['resources'])
      .filter((resource) => resource['type'] === type)
      .reduce((sum, resource) => sum + (numberOf(resource['amount']) ?? 0), 0);
  const [vcpu, memoryMib] = [amount('VCPU'), amount('MEMORY')];
  if (vcpu === 0 && memoryMib === 0) return undefined;
  const long = fields['plan'] === 'THIRTY_SIX_MONTH';
  const usd = committedUsd({ region, family, vcpu, gib: memoryMib / 1024, long }, rates, snapshot);
  return {
    kind: 'resources',
    id: `projects/${project}/regions/${region}/commitments/${name}`,
    provider: 'gcp',
    region,
    family,
    vcpu,
    memory: mib(memoryMib),
    usdPerHour: usdPerHour(usd),
    until,
  };
}

interface Amount {
  readonly region: string;
  readonly family: string;
  readonly vcpu: number;
  readonly gib: number;
  readonly long: boolean;
}

/** Google's usual discount for one and for three years: cloud.google.com/compute/docs/instances/signing-up-committed-use-discounts */
const DISCOUNT = { short: 0.37, long: 0.55 } as const;

function committedUsd(
  { region, family, vcpu, gib, long }: Amount,
  rates: RateList | undefined,
  snapshot: ProviderCatalog | undefined,
): number {
  const terms = long ? 'commit-3y' : 'commit-1y';
  const perVcpu = rates?.rates.get(rateKey(region, terms, cpuOf(family)));
  const perGib = rates?.rates.get(rateKey(region, terms, ramOf(family)));
  if (perVcpu !== undefined && perGib !== undefined) return vcpu * perVcpu + gib * perGib;
  const listed = snapshot && coreAndMemoryRate(snapshot, region, family);
  if (!listed) return 0;
  return (vcpu * listed.perVcpu + gib * listed.perGib) * (1 - (long ? DISCOUNT.long : DISCOUNT.short));
}

/** Commitments name families in capitals, and the first of each kind by its kind alone. */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['GENERAL_PURPOSE', 'n1'],
  ['GENERAL_PURPOSE_C4', 'c4'],
  ['GENERAL_PURPOSE_C4A', 'c4a'],
  ['GENERAL_PURPOSE_C4D', 'c4d'],
  ['GENERAL_PURPOSE_E2', 'e2'],
  ['GENERAL_PURPOSE_N2', 'n2'],
  ['GENERAL_PURPOSE_N2D', 'n2d'],
  ['GENERAL_PURPOSE_N4', 'n4'],
  ['GENERAL_PURPOSE_N4A', 'n4a'],
  ['GENERAL_PURPOSE_N4D', 'n4d'],
  ['GENERAL_PURPOSE_T2D', 't2d'],
  ['COMPUTE_OPTIMIZED', 'c2'],
  ['COMPUTE_OPTIMIZED_C2D', 'c2d'],
  ['COMPUTE_OPTIMIZED_C3', 'c3'],
  ['COMPUTE_OPTIMIZED_C3D', 'c3d'],
  ['COMPUTE_OPTIMIZED_H3', 'h3'],
  ['MEMORY_OPTIMIZED', 'm1'],
  ['MEMORY_OPTIMIZED_M3', 'm3'],
  ['MEMORY_OPTIMIZED_M4', 'm4'],
  ['GRAPHICS_OPTIMIZED', 'g2'],
  ['ACCELERATOR_OPTIMIZED', 'a2'],
  ['ACCELERATOR_OPTIMIZED_A3', 'a3'],
  ['STORAGE_OPTIMIZED_Z3', 'z3'],
]);
