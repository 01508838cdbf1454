import { answered, failed, type Answer } from '../../src/failure.ts';
import type { PoolInstance } from '../../src/ports.ts';
import { instant, type Instant } from '../../src/units.ts';
import { allPages } from '../../src/calls/pages.ts';
import type { Azure } from './connection.ts';
import { groupOf, instanceIdOf, type ScaleSetId } from './ids.ts';
import { listOf, membersOf, textOf } from './json.ts';

/** A machine of a scale set, with what its state is read from. */
export interface Machine {
  readonly id: string;
  readonly state: PoolInstance['state'];
  readonly startedAt?: Instant;
  readonly node?: string;
  /** it has failed, or was taken back and left deallocated: it will not serve again by itself */
  readonly lost?: string;
}

/** Machines by scale set, `<group>/<name>` in lower case. */
export type MachinesBySet = ReadonlyMap<string, readonly Machine[]>;

export const setKey = ({ group, name }: Pick<ScaleSetId, 'group' | 'name'>): string => `${group}/${name}`.toLowerCase();

/**
 * The machines of all uniform scale sets of these resource groups in one query, 1,000 a page, where the Compute API
 * would need a call for each set. Resource Graph lags by seconds to minutes, so whoever asks must compare it with
 * the sets' own capacities. Flexible sets' machines are not in that table.
 */
export async function machinesOf(azure: Azure, groups: readonly string[]): Promise<Answer<MachinesBySet>> {
  if (groups.length === 0) return answered(new Map());
  const names = groups.map((group) => `'${group.replaceAll(/[^\w.()-]/g, '')}'`).join(', ');
  const query = [
    'computeresources',
    "where type =~ 'microsoft.compute/virtualmachinescalesets/virtualmachines'",
    `where resourceGroup in~ (${names})`,
    'project id, state = tostring(properties.provisioningState), ' +
      'power = tostring(properties.extended.instanceView.powerState.code), ' +
      'created = tostring(properties.timeCreated), computer = tostring(properties.osProfile.computerName)',
    'order by id asc',
  ].join(' | ');
  const rows = await allPages<unknown, string>(async (token) => {
    const options = { $top: 1000, resultFormat: 'objectArray', ...(token !== undefined && { $skipToken: token }) };
    const body = { subscriptions: [azure.subscription], query, options };
    const page = await azure.arm({ api: 'resources.query' }, 'POST', RESOURCE_GRAPH, body);
    if (!page.ok) return page;
    const { data, $skipToken, resultTruncated } = membersOf(page.value.body);
    const next = textOf($skipToken);
    if (!Array.isArray(data) || (resultTruncated === 'true' && next === undefined)) return truncated;
    return answered({ items: data, ...(next !== undefined && { next }) });
  });
  if (!rows.ok) return rows;
  const bySet = new Map<string, Machine[]>();
  for (const row of rows.value) {
    const { id, state, power, created, computer } = membersOf(row);
    const resource = textOf(id) ?? '';
    const instance = instanceIdOf(resource);
    const group = groupOf(resource);
    if (instance === undefined || group === undefined) continue;
    const key = setKey({ group, name: instance.split('/')[0] ?? '' });
    bySet.set(key, [...(bySet.get(key) ?? []), machineOf(instance, { state, power, created, computer })]);
  }
  return answered(bySet);
}

const RESOURCE_GRAPH = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';

const truncated: Answer<never> = failed({
  kind: { is: 'unknown' },
  api: 'resources.query',
  code: 'ResultTruncated',
  message: 'Resource Graph cut the answer off',
});

/** The machines of one scale set, from the set itself: no lag, one call for every 100 or so. */
export async function machinesIn(
  azure: Azure,
  { group, name, region = '' }: Pick<ScaleSetId, 'group' | 'name'> & { readonly region?: string },
): Promise<Answer<readonly Machine[]>> {
  const listed = await azure.askAll({ api: 'virtualMachineScaleSetVMs.list', region }, () =>
    azure.compute.virtualMachineScaleSetVMs.list(group, name, { expand: 'instanceView' }),
  );
  if (!listed.ok) return listed;
  return answered(
    listed.value.flatMap((vm) => {
      const own = textOf(vm.instanceId);
      const id = own === undefined ? undefined : (instanceIdOf(vm.id ?? '') ?? own);
      if (id === undefined) return [];
      const power = listOf(vm.instanceView?.statuses)
        .map((status) => textOf(membersOf(status).code) ?? '')
        .find((code) => code.startsWith('PowerState/'));
      const computer = vm.osProfile?.computerName ?? vm.instanceView?.computerName;
      return [machineOf(id, { state: vm.provisioningState, power, created: vm.timeCreated, computer })];
    }),
  );
}

interface Raw {
  readonly state: unknown;
  readonly power: unknown;
  readonly created: unknown;
  readonly computer: unknown;
}

function machineOf(id: string, { state, power, created, computer }: Raw): Machine {
  const at = created instanceof Date ? created.getTime() : Date.parse(textOf(created) ?? '');
  const node = textOf(computer)?.toLowerCase();
  const is = stateOf(textOf(state) ?? '', textOf(power) ?? '');
  return {
    id,
    ...is,
    ...(Number.isSafeInteger(at) && { startedAt: instant(at) }),
    ...(node !== undefined && { node }),
  };
}

/**
 * A machine that is being changed goes on running, so what is told of its power goes before how its last change went.
 * Spot machines that Azure takes back with the eviction policy Deallocate stay in the set, deallocated.
 */
function stateOf(provisioning: string, power: string): Pick<Machine, 'state' | 'lost'> {
  const how = provisioning.toLowerCase();
  const on = power.replace(/^PowerState\//i, '').toLowerCase();
  if (how === 'deleting') return { state: 'ending' };
  if (how === 'failed' || how === 'canceled') return { state: 'ending', lost: `provisioning ${how}` };
  if (['deallocated', 'deallocating', 'stopped', 'stopping'].includes(on)) return { state: 'ending', lost: on };
  if (on === 'running' || (on === '' && how === 'succeeded')) return { state: 'running' };
  return { state: 'pending' };
}

export const poolInstance = ({ id, state, startedAt, node }: Machine): PoolInstance => ({
  id,
  state,
  ...(startedAt !== undefined && { startedAt }),
  ...(node !== undefined && { node }),
});
