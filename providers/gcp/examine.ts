import type { Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { troubleOf } from '../../src/calls/trouble-of.ts';
import { duration } from '../../src/figures.ts';
import type { Finding, ProviderParts } from '../../src/ports.ts';
import { accountsOf, type Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import type { Api } from './methods.ts';
import { PERMISSIONS } from './permissions.ts';

/** Google refuses tokens of a clock that is off by more, and times in receipts would be wrong long before. */
const MOST_SKEW_S = 60;

/**
 * One small reading of each list, for each project: what works, what is missing and what would set it right. Writing is
 * not tried; whether it is granted shows when it is done, and is said to be unknown.
 */
export async function examine(fleet: Fleet, calls: Calls, parts: ProviderParts): Promise<readonly Finding[]> {
  const accounts = await accountsOf(fleet, calls, parts.env);
  if (!accounts.ok)
    return [{ about: 'credentials', what: 'application default credentials', ...outcome(accounts, '') }];
  const findings: Finding[] = [];
  for (const account of accounts.value) {
    const read = await Promise.all(LOOKS.map((look) => looked(look, account, calls)));
    const refused = read.every(({ state }) => state !== 'ok');
    const { project } = account;
    findings.push({
      about: 'credentials',
      what: `application default credentials for ${project}`,
      ...(refused
        ? {
            state: 'failed',
            detail: read[0]?.detail ?? '',
            remedy: 'check the credentials and the name of the project',
          }
        : { state: 'ok', detail: 'accepted' }),
    });
    findings.push(...read);
    for (const { permission, why } of PERMISSIONS.filter(({ needed }) => needed === 'scale' || needed === 'open')) {
      const detail = `${why}: shows when it is first used`;
      findings.push({ about: 'permission', what: `${permission} in ${project}`, state: 'unknown', detail, permission });
    }
  }
  return [...findings, clockFinding(calls.skewS())];
}

interface Look {
  readonly api: Api;
  readonly about: Finding['about'];
  readonly request: (project: string) => object;
}

const small = (project: string): object => ({ project, maxResults: 1, returnPartialSuccess: true });
const LOOKS: readonly Look[] = [
  { api: 'compute.instanceGroupManagers.aggregatedList', about: 'pools', request: small },
  { api: 'compute.instances.aggregatedList', about: 'pools', request: small },
  { api: 'compute.instanceTemplates.aggregatedList', about: 'pools', request: small },
  { api: 'compute.autoscalers.aggregatedList', about: 'pools', request: small },
  { api: 'compute.globalOperations.aggregatedList', about: 'pools', request: small },
  {
    api: 'container.clusters.list',
    about: 'pools',
    request: (project) => ({ parent: `projects/${project}/locations/-` }),
  },
  { api: 'compute.machineTypes.aggregatedList', about: 'prices', request: small },
  {
    api: 'billing.skus.list',
    about: 'prices',
    request: () => ({ parent: 'services/6F81-5844-456A', pageSize: 1, currencyCode: 'USD' }),
  },
  { api: 'compute.regions.list', about: 'quota', request: small },
  { api: 'compute.regionCommitments.aggregatedList', about: 'prices', request: small },
];

async function looked({ api, about, request }: Look, { project }: Account, calls: Calls): Promise<Finding> {
  const answer = await calls.one(api, { project, region: '' }, request(project));
  const what = `${api} in ${project}`;
  if (!answer.ok && api === 'container.clusters.list' && answer.failure.code === 'SERVICE_DISABLED') {
    return { about, what, state: 'ok', detail: 'GKE is not enabled there: there are no node pools' };
  }
  const granted = PERMISSIONS.find((row) => row.calls.includes(api))?.permission;
  return { about, what, ...outcome(answer, 'answers', granted) };
}

function outcome(
  answer: Answer<unknown>,
  well: string,
  granted?: string,
): Pick<Finding, 'state' | 'detail' | 'remedy' | 'permission'> {
  if (answer.ok) return { state: 'ok', detail: well };
  const { problem, remedy } = troubleOf(answer.failure, 'gcp');
  const { kind } = answer.failure;
  const permission = kind.is === 'unauthorized' ? (kind.permission ?? granted) : undefined;
  return {
    state: permission === undefined ? 'failed' : 'missing',
    detail: problem,
    remedy,
    ...(permission !== undefined && { permission }),
  };
}

function clockFinding(skewS: number | undefined): Finding {
  const what = "this machine's clock against Google's";
  if (skewS === undefined) return { about: 'clock', what, state: 'unknown', detail: 'no answer came to compare with' };
  const off = duration(Math.abs(skewS));
  if (Math.abs(skewS) <= MOST_SKEW_S) return { about: 'clock', what, state: 'ok', detail: `${off} apart` };
  const detail = `${off} ${skewS > 0 ? 'behind' : 'ahead'}`;
  return { about: 'clock', what, state: 'failed', detail, remedy: 'set the clock by NTP' };
}
