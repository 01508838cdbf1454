import { troubleOf } from '../../src/calls/trouble-of.ts';
import type { Answer, Failure } from '../../src/failure.ts';
import type { Cloud } from '../../src/fleet/fleet.ts';
import type { Finding, Permission } from '../../src/ports.ts';
import { isoOf } from '../../src/units.ts';
import type { Azure } from './connection.ts';
import { listOf, membersOf, textOf } from './json.ts';
import { PERMISSIONS } from './permissions.ts';
import type { Listed } from './pools.ts';
import { pricesIn } from './prices.ts';
import { usagesIn } from './quotas.ts';
import { sizesIn } from './skus.ts';

/** Looks at everything once and changes nothing: what works, what is missing, and what would set it right. */
export async function examine(azure: Azure, cloud: Cloud, pools: Answer<Listed>): Promise<readonly Finding[]> {
  const regions = await Promise.all(cloud.regions.map(({ name }) => examineRegion(azure, name)));
  return [...(await examineRights(azure)), examinePools(azure, pools), ...regions.flat()];
}

/** The rights that Azure says these credentials have, on the subscription and on each of the fleet's groups. */
async function examineRights(azure: Azure): Promise<readonly Finding[]> {
  const { subscription, parts } = azure;
  const path = `/subscriptions/${subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  const what = `subscription ${subscription}`;
  const read = await azure.arm({ api: 'permissions.list' }, 'GET', path);
  if (!read.ok) {
    const about = read.failure.kind.is === 'transient' ? 'reach' : 'credentials';
    return [failure(about, what, read.failure)];
  }
  const rules = listOf(membersOf(read.value.body).value).map((rule) => {
    const { actions, notActions } = membersOf(rule);
    return { actions: listOf(actions).map(patternOf), notActions: listOf(notActions).map(patternOf) };
  });
  const may = (action: string): boolean =>
    rules.some((r) => r.actions.some((p) => p.test(action)) && !r.notActions.some((p) => p.test(action)));
  return [
    { about: 'credentials', what, state: 'ok', detail: 'Azure accepts these credentials' },
    ...clockFinding(read.value.headers.date, parts.clock.now()),
    ...distinct(PERMISSIONS).map((permission) => rightFinding(permission, may(permission.permission))),
  ];
}

/** A pattern as a role writes it, with `*` for any run of characters; case does not count. */
function patternOf(action: unknown): RegExp {
  const escaped = (textOf(action) ?? '\u0000').replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'i');
}

function distinct(permissions: readonly Permission[]): Permission[] {
  const byName = new Map(permissions.toReversed().map((p) => [p.permission, p]));
  return permissions.filter((p) => byName.get(p.permission) === p);
}

/** A right that is granted on a resource group does not show on the subscription, so what is not there is not known. */
function rightFinding({ permission, needed, why }: Permission, granted: boolean): Finding {
  if (granted) return { about: 'permission', what: permission, state: 'ok', detail: why, permission };
  const detail = `not granted on the subscription: to ${why}${needed === 'optional' ? ' (can be done without)' : ''}`;
  const remedy = `grant it on the subscription, or see that it is granted on the fleet’s resource groups`;
  const state = needed === 'read' ? 'missing' : 'unknown';
  return { about: 'permission', what: permission, state, detail, remedy, permission };
}

/** Tokens and dates are refused by clocks that are further apart. */
const MOST_SKEW_MS = 5 * 60 * 1000;

function clockFinding(date: string | undefined, now: ReturnType<Azure['parts']['clock']['now']>): Finding[] {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return [];
  const off = Math.round((now - there) / 1000);
  const what = 'clock of this machine against Azure’s';
  if (Math.abs(now - there) <= MOST_SKEW_MS) return [{ about: 'clock', what, state: 'ok', detail: `${off} s apart` }];
  const detail = `${off} s apart: here it is ${isoOf(now)}`;
  return [{ about: 'clock', what, state: 'failed', detail, remedy: 'set this machine’s clock by NTP' }];
}

function examinePools({ subscription }: Azure, listed: Answer<Listed>): Finding {
  const what = `pools of subscription ${subscription}`;
  if (!listed.ok) return failure('pools', what, listed.failure);
  const { pools, passedOver } = listed.value.list;
  if (pools.length > 0) {
    const over = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    const detail = `${pools.length} found${over === '' ? '' : `, passed over: ${over}`}`;
    return { about: 'pools', what, state: 'ok', detail };
  }
  const remedy = 'tag them as findPoolsByTag says, with _ for every / in the tag’s name';
  return { about: 'pools', what, state: 'missing', detail: 'none of this fleet', remedy };
}

async function examineRegion(azure: Azure, region: string): Promise<readonly Finding[]> {
  const [sizes, usages, prices] = await Promise.all([
    sizesIn(azure, region),
    usagesIn(azure, region),
    pricesIn(azure.parts, region, ['Standard_D4s_v5']),
  ]);
  const seen = (about: Finding['about'], what: string, answer: Answer<unknown>, detail: string): Finding =>
    answer.ok ? { about, what, state: 'ok', detail } : failure(about, what, answer.failure);
  return [
    seen('reach', `sizes in ${region}`, sizes, sizes.ok ? `${sizes.value.value.length} sizes` : ''),
    seen('quota', `quotas in ${region}`, usages, usages.ok ? `${usages.value.size} quotas` : ''),
    seen('prices', `prices in ${region}`, prices, prices.ok ? `read ${isoOf(prices.value.at)}` : ''),
  ];
}

function failure(about: Finding['about'], what: string, no: Failure): Finding {
  const permission = no.kind.is === 'unauthorized' ? no.kind.permission : undefined;
  return {
    about: permission === undefined ? about : 'permission',
    what,
    state: permission === undefined ? 'failed' : 'missing',
    detail: `${no.code}: ${no.message}`,
    remedy: troubleOf(no, what).remedy,
    ...(permission !== undefined && { permission }),
  };
}
