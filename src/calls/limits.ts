import type { ProviderName } from '../catalog/offering.ts';
import type { CallAbout } from '../ports.ts';
import type { Rate } from './bucket.ts';

/** A rate and who shares it. */
export interface Limit extends Rate {
  /** calls of one name share a bucket within their account (and region, and class) */
  readonly name: string;
  /** `account`: one bucket for all regions */
  readonly per: 'region' | 'account';
  /** the vendor's page, or why a figure was chosen where the vendor publishes none */
  readonly source: string;
}

/** The rate that a vendor documents for a call; the first row that fits. */
export function documentedLimit(about: CallAbout): Limit {
  const row = LIMITS.find(
    ({ cloud, classes, api }) =>
      cloud === about.cloud &&
      (classes === undefined || classes.includes(about.class)) &&
      (api === undefined || api.test(about.api)),
  );
  if (!row) throw new RangeError(`no limit for ${about.cloud} ${about.class} ${about.api}`);
  return row.limit;
}

interface Row {
  readonly cloud: ProviderName;
  readonly classes?: readonly CallAbout['class'][];
  /** absent = any */
  readonly api?: RegExp;
  readonly limit: Limit;
}

const row = (
  cloud: ProviderName,
  rate: Rate,
  limit: Omit<Limit, keyof Rate>,
  which: Omit<Row, 'cloud' | 'limit'> = {},
): Row => ({ cloud, ...which, limit: { ...limit, ...rate } });

const at = (burst: number, perSecond: number): Rate => ({ burst, perSecond });

/**
 * A quota of so many a minute, counted in fixed minutes, as a bucket: a fifth at once and the rest spread evenly, so
 * that no minute, wherever it begins, sees more.
 */
const aMinute = (quota: number): Rate => at(quota / 5, (quota * 4) / 5 / 60);

const EC2 = 'docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html';
const ARM = 'learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling';
const GCE = 'cloud.google.com/compute/api-quota';
const GCE_COSTS = 'cloud.google.com/compute/docs/api/compute-api-quota-metrics, of 1,500 tokens a minute';
const UNPUBLISHED = 'no figure published; chosen, and adapted to what the service takes';

/**
 * Default limits of an account that has asked for no more, as their vendors documented them in 2025 and 2026. EC2's
 * are for each action by itself; one bucket for all actions of a class stays below every one of them.
 */
const LIMITS: readonly Row[] = [
  // RunInstances has a bucket of its own, the smallest there is
  row('aws', at(5, 2), { name: 'ec2 launch', per: 'region', source: EC2 }, { classes: ['launch'] }),
  // all actions of Auto Scaling share one limit, says re:Post, "autoscaling-api-calls-throttled", without a figure
  row('aws', at(40, 10), { name: 'autoscaling', per: 'region', source: UNPUBLISHED }, { api: /^auto-?scaling:/i }),
  row('aws', at(40, 10), { name: 'eks', per: 'region', source: UNPUBLISHED }, { api: /^eks:/i }),
  row(
    'aws',
    at(5, 5),
    {
      name: 'service quotas',
      per: 'region',
      source: 'docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html',
    },
    { api: /^service-?quotas:/i },
  ),
  row('aws', at(50, 10), { name: 'pricing', per: 'account', source: UNPUBLISHED }, { api: /^pricing:/i }),
  row('aws', at(40, 10), { name: 'savings plans', per: 'account', source: UNPUBLISHED }, { api: /^savingsplans:/i }),
  row(
    'aws',
    at(100, 100),
    {
      name: 'sqs',
      per: 'region',
      source: 'standard queues: no limit in practice (docs.aws.amazon.com/AWSSimpleQueueService, quotas); chosen',
    },
    { classes: ['queue'] },
  ),
  row('aws', at(50, 5), { name: 'ec2 write', per: 'region', source: EC2 }, { classes: ['write'] }),
  row('aws', at(100, 20), { name: 'ec2 read', per: 'region', source: EC2 }),

  row('azure', at(200, 20), { name: 'retail prices', per: 'account', source: UNPUBLISHED }, { classes: ['price'] }),
  // 15 in any 5 seconds: 10 at once and one a second stay below
  row(
    'azure',
    at(10, 1),
    {
      name: 'resource graph',
      per: 'account',
      source: 'learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests',
    },
    { api: /^resources\.query/i },
  ),
  // the bucket of "all other APIs"; a put of one agent pool has another, of 20 and one a minute, for each pool
  row(
    'azure',
    at(60, 1),
    { name: 'aks', per: 'account', source: 'learn.microsoft.com/azure/aks/quotas-skus-regions, throttling limits' },
    { api: /agent-?pools?|managed-?clusters?/i },
  ),
  // 190 in 3 minutes and 900 in 30: 118 at once and 0.4 a second stay below both
  row(
    'azure',
    at(118, 0.4),
    {
      name: 'scale set instances',
      per: 'region',
      source: 'HighCostGetVMScaleSet3Min and 30Min, as Azure answers them in x-ms-ratelimit-remaining-resource',
    },
    { classes: ['read'], api: /scale-?set-?vms/i },
  ),
  row('azure', at(250, 25), { name: 'arm read', per: 'account', source: ARM }, { classes: ['read'] }),
  row('azure', at(200, 10), { name: 'arm write', per: 'account', source: ARM }),

  row(
    'gcp',
    aMinute(300),
    { name: 'billing catalog', per: 'account', source: 'cloud.google.com/billing/quotas: 300 a minute' },
    { classes: ['price'] },
  ),
  row(
    'gcp',
    aMinute(600),
    { name: 'gke', per: 'account', source: UNPUBLISHED },
    { api: /container|cluster|node-?pool/i },
  ),
  // listings over all regions cost several tokens each of the project's global quota
  row(
    'gcp',
    aMinute(100),
    { name: 'compute regions', per: 'account', source: `${GCE_COSTS}: regions.list costs 14` },
    { api: /\bregions\.list$/ },
  ),
  row(
    'gcp',
    aMinute(300),
    { name: 'compute listings', per: 'account', source: `${GCE_COSTS}: an aggregatedList costs up to 5` },
    { api: /\.aggregatedList$/ },
  ),
  row('gcp', aMinute(1500), { name: 'compute', per: 'region', source: `${GCE}: 1,500 a minute per region` }),

  // the region of a cluster is the cluster
  row(
    'kubernetes',
    at(30, 20),
    {
      name: 'kubernetes read',
      per: 'region',
      source: 'kube-controller-manager: --kube-api-qps 20, --kube-api-burst 30',
    },
    { classes: ['read', 'price', 'queue'] },
  ),
  row('kubernetes', at(10, 5), {
    name: 'kubernetes write',
    per: 'region',
    source: 'client-go rest.Config: DefaultQPS 5, DefaultBurst 10',
  }),
];
