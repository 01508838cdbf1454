import { duration } from '../../src/figures.ts';
import type { Failure } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { troubleOf } from '../../src/calls/trouble-of.ts';
import { member, textAt } from '../../src/manifest/json.ts';
import type { Clock, Finding, ProviderParts } from '../../src/ports.ts';
import { ACCESS_REVIEWS, kubeApi, type KubeApi } from './api.ts';
import { connectTo } from './connect.ts';
import { CLUSTER_API } from './machine-deployments.ts';
import { deploymentsAt, labelOf } from './pools.ts';
import { PERMISSIONS, type Rule } from './permissions.ts';
import { ownRegions, type Site, type Sites } from './sites.ts';

/**
 * Looks every context of the own clusters over: whether it is reached and as whom, what is granted, whose clock is
 * right, and whether the cluster can resize its pools at all. Nothing is changed.
 */
export async function examine(all: Sites, clock: Clock, fleet: Fleet): Promise<readonly Finding[]> {
  const contexts = ownRegions(fleet).flatMap((region) =>
    (region.contexts ?? []).map((context) => ({ region, context })),
  );
  const found = await Promise.all(
    contexts.map(async ({ region, context }) => {
      const site = all.open(region, context);
      return site.ok
        ? lookOver(site.value, clock, fleet)
        : [failing('credentials', `context ${context}`, site.failure)];
    }),
  );
  return found.flat();
}

/** Looks over a cluster whose nodes another cloud sells: the same, but for pools, which are that cloud's. */
export async function examineContext(parts: ProviderParts, context: string): Promise<readonly Finding[]> {
  const connection = connectTo(parts.env, context);
  if (!connection.ok) return [failing('credentials', `context ${context}`, connection.failure)];
  const api = kubeApi(connection.value, parts);
  try {
    const reached = await reachedAs(api, parts.clock);
    return reached.version === undefined
      ? reached.findings
      : [...reached.findings, ...(await granted(api, isOfCluster))];
  } finally {
    api.close();
  }
}

async function lookOver(site: Site, clock: Clock, fleet: Fleet): Promise<readonly Finding[]> {
  const { api } = site;
  const reached = await reachedAs(api, clock);
  if (reached.version === undefined) return reached.findings;
  const served = await site.machines();
  const steerable = served.ok && served.value !== undefined;
  return [
    ...reached.findings,
    ...(await granted(api, steerable ? () => true : isOfCluster)),
    ...(await poolFindings(site, served, fleet)),
  ];
}

const isOfCluster = ({ of }: Rule): boolean => of === 'cluster';

/** Whose rights are asked after needs none to ask. */
const granted = (api: KubeApi, wanted: (rule: Rule) => boolean): Promise<readonly Finding[]> =>
  Promise.all(
    PERMISSIONS.filter((rule) => rule.resource !== ACCESS_REVIEWS.plural && wanted(rule)).map((rule) =>
      mayWe(api, rule),
    ),
  );

/** Version and clock; no version where the cluster is not reached. */
async function reachedAs(
  api: KubeApi,
  clock: Clock,
): Promise<{ readonly version?: string; readonly findings: readonly Finding[] }> {
  const { context } = api;
  const answer = await api.about('/version');
  if (!answer.ok) {
    const about = answer.failure.kind.is === 'unauthorized' ? 'credentials' : 'reach';
    return { findings: [failing(about, `context ${context}`, answer.failure)] };
  }
  const { body, headers } = answer.value;
  const version = textAt(body, 'gitVersion') ?? 'of unknown version';
  const reached = { about: 'reach', what: `context ${context}`, state: 'ok', detail: `Kubernetes ${version}` } as const;
  return { version, findings: [reached, clockFinding(context, headers.date, clock)] };
}

/** Tokens and leases go by the clock; a minute is what certificates and tokens are commonly allowed. */
const SKEW_S = 60;

function clockFinding(context: string, date: string | undefined, clock: Clock): Finding {
  const what = `clock of context ${context}`;
  const theirs = Date.parse(date ?? '');
  if (!Number.isFinite(theirs)) {
    return { about: 'clock', what, state: 'unknown', detail: 'the server does not say what time it is' };
  }
  const skew = Math.abs(clock.now() - theirs) / 1000;
  // the header has whole seconds
  if (skew <= SKEW_S) return { about: 'clock', what, state: 'ok', detail: `within ${duration(Math.max(1, skew))}` };
  const detail = `${duration(skew)} ${clock.now() > theirs ? 'behind' : 'ahead of'} this machine’s`;
  return {
    about: 'clock',
    what,
    state: 'failed',
    detail,
    remedy: 'set both clocks by NTP: tokens and leases go by them',
  };
}

async function mayWe(api: KubeApi, rule: Rule): Promise<Finding> {
  const { verb, group, resource, sub, permission, needed, why } = rule;
  const what = `${permission} in context ${api.context}`;
  const resourceAttributes = { verb, group, resource, ...(sub !== undefined && { subresource: sub }) };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const asked = await api.create(ACCESS_REVIEWS, {}, review);
  if (!asked.ok) return { ...failing('permission', what, asked.failure), permission };
  if (member(asked.value, 'status', 'allowed') === true) {
    return { about: 'permission', what, state: 'ok', detail: why };
  }
  const detail = `needed to ${needed}: ${why}`;
  if (needed === 'optional') return { about: 'permission', what, state: 'unknown', detail, permission };
  return { about: 'permission', what, state: 'missing', detail, remedy: `grant ${permission}`, permission };
}

async function poolFindings(
  site: Site,
  served: Awaited<ReturnType<Site['machines']>>,
  fleet: Fleet,
): Promise<readonly Finding[]> {
  const what = `${CLUSTER_API} in context ${site.context}`;
  if (!served.ok) return [failing('pools', what, served.failure)];
  if (served.value === undefined) {
    const detail = 'the cluster serves no Cluster API: its pools are read by their nodes and cannot be resized';
    return [{ about: 'pools', what, state: 'unknown', detail }];
  }
  const label = labelOf(fleet);
  if (!label.ok || label.value === undefined) {
    return [{ about: 'pools', what, state: 'ok', detail: `${served.value} is served` }];
  }
  const listed = await deploymentsAt(site, served.value, label.value);
  if (!listed.ok) return [failing('pools', what, listed.failure)];
  const pools = `${listed.value.length} MachineDeployments with ${label.value}`;
  return [{ about: 'pools', what, state: 'ok', detail: `${served.value} is served; ${pools}` }];
}

function failing(about: Finding['about'], what: string, failure: Failure): Finding {
  const { problem, remedy } = troubleOf(failure, what);
  const permission = failure.kind.is === 'unauthorized' ? failure.kind.permission : undefined;
  return {
    about,
    what,
    state: permission === undefined ? 'failed' : 'missing',
    detail: problem,
    remedy,
    ...(permission !== undefined && { permission }),
  };
}
