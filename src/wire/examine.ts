import type { ProviderName } from '../catalog/offering.ts';
import type { Cloud, Fleet } from '../fleet/fleet.ts';
import type { Finding, ProviderParts } from '../ports.ts';
import { bad, good, type Checked } from '../trouble.ts';
import { readFleetFile } from '../world/read-fleet.ts';
import { adapterOf } from './adapters.ts';
import { lookAtClusters } from './clusters.ts';
import { isLive, packaged, providerParts, systemClock, unfitFor } from './parts.ts';

/** A cloud of a fleet, looked over before the first cycle. */
export interface Examined {
  readonly provider: ProviderName;
  /** false: the fleet file names no access to it */
  readonly asked: boolean;
  /** requests sent, repeated ones among them */
  readonly calls: number;
  readonly findings: readonly Finding[];
  /** the policy document that would grant what is missing; absent where nothing is */
  readonly grant?: string;
}

/** Whether every cloud of a fleet file can be asked as a cycle would ask it; one that is silent holds no other up. */
export async function examineFleet(file: string): Promise<Checked<readonly Examined[]>> {
  const fleet = await readFleetFile(file);
  if (!fleet.ok) return fleet;
  const unfit = await unfitFor(fleet.value);
  if (unfit) return bad(unfit);
  const examined = await Promise.all(fleet.value.clouds.map((cloud) => examineCloud(cloud, fleet.value)));
  const own = examined.find(({ provider }) => provider === 'kubernetes');
  const clusters = await examineClusters(fleet.value, own);
  return good(clusters ? [...examined.filter((cloud) => cloud !== own), clusters] : examined);
}

/** Every cluster that the fleet names a context for, of whatever cloud; undefined where it names none. */
async function examineClusters(fleet: Fleet, own: Examined | undefined): Promise<Examined | undefined> {
  const contexts = fleet.clouds.flatMap(({ provider, regions }) =>
    // own clusters are examined with their pools
    provider === 'kubernetes' ? [] : regions.flatMap((region) => region.contexts ?? []),
  );
  if (contexts.length === 0 && !fleet.clouds.some((cloud) => cloud.provider === 'kubernetes' && isLive(cloud)))
    return undefined;
  const [parts, { examineContext, grant }, { clusterFindings }] = await Promise.all([
    providerParts(),
    import('../../providers/kubernetes/index.ts'),
    import('../world/live/examine-clusters.ts'),
  ]);
  const before = sentTo(parts, 'kubernetes');
  const [over, lookedAt] = await Promise.all([
    Promise.all([...new Set(contexts)].map((context) => examineContext(parts, context))),
    lookAtClusters(fleet),
  ]);
  const findings = [...(own?.findings ?? []), ...over.flat(), ...clusterFindings(lookedAt, fleet)];
  const missing = missingIn(findings);
  return {
    provider: 'kubernetes',
    asked: true,
    calls: (own?.calls ?? 0) + sentTo(parts, 'kubernetes') - before,
    findings,
    ...(missing.length > 0 && { grant: grant(missing) }),
  };
}

/** Permissions that a policy document has to grant. */
const missingIn = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.flatMap((f) => (f.state === 'missing' ? (f.permission ?? []) : []))),
];

async function examineCloud(cloud: Cloud, fleet: Fleet): Promise<Examined> {
  const { provider } = cloud;
  const { listingFindings } = await import('../world/live/examine.ts');
  if (!isLive(cloud)) {
    const { embeddedProvider } = await import('../../providers/embedded/index.ts');
    const prices = await listingFindings(embeddedProvider(provider, packaged), fleet, systemClock);
    return { provider, asked: false, calls: 0, findings: [NOT_ASKED(provider), ...prices] };
  }
  const parts = await providerParts();
  const before = sentTo(parts, provider);
  const [adapter, { remembered }] = await Promise.all([adapterOf(provider), import('../world/live/remembered.ts')]);
  const live = adapter.open(parts);
  const findings = await live.examine(fleet);
  const listed = await listingFindings(remembered(live, parts), fleet, systemClock);
  const missing = missingIn(findings);
  return {
    provider,
    asked: true,
    calls: sentTo(parts, provider) - before,
    findings: [...findings, ...listed],
    ...(missing.length > 0 && { grant: adapter.grant(missing, fleet) }),
  };
}

const NOT_ASKED = (provider: ProviderName): Finding => ({
  about: 'reach',
  what: provider,
  state: 'ok',
  detail: `the fleet file names no ${provider === 'kubernetes' ? 'context' : 'access'}: what it declares and the package’s prices are all that is known`,
});

const sentTo = ({ caller }: ProviderParts, provider: ProviderName): number =>
  [...caller.sent].reduce((sum, [about, n]) => (about.startsWith(`${provider} `) ? sum + n : sum), 0);
