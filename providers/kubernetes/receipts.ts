import type { Failure } from '../../src/failure.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { offeringId } from '../../src/catalog/offering.ts';
import { numberAt, textAt, textsAt } from '../../src/manifest/json.ts';
import type { OfferingError, OperationToken, PoolRef, Receipt } from '../../src/ports.ts';
import { apiName } from './api.ts';
import { deploymentsOf, readDeployment, type Machine, type MachineDeployment } from './machine-deployments.ts';
import { isNamed, isOf, machinesAt } from './pools.ts';
import { placeOfPool, type PoolPlace, type Sites } from './sites.ts';

/** What a token says. The pool carries the order's own record; the token finds it from any process. */
export interface Ticket {
  readonly kind: 'size' | 'delete' | 'open';
  readonly region: string;
  readonly pool: string;
  readonly opId: string;
  /** the size that the order leads to */
  readonly size: number;
  /** id of the pool's offering, for errors */
  readonly offering: string;
  /** named by a deletion */
  readonly machines: readonly string[];
}

export function tokenOf(ticket: Ticket): OperationToken {
  return JSON.stringify({ v: 1, cloud: 'kubernetes', ...ticket }) as OperationToken;
}

export function ticketOf(kind: Ticket['kind'], pool: PoolRef, opId: string, size: number): Ticket {
  const offering = offeringId(pool);
  return { kind, region: pool.region, pool: pool.id, opId, size, offering, machines: [] };
}

/** How far an order is, from what stands in the cluster: the pool, and its machines where they are not all there. */
export async function readOperation(all: Sites, fleet: Fleet, token: OperationToken): Promise<Answer<Receipt>> {
  const ticket = ticketIn(token);
  if (!ticket) {
    const message = 'the token is not one of this adapter';
    return failed({ kind: { is: 'invalid' }, api: 'readOperation', code: 'BadToken', message });
  }
  const place = await placeOfPool(all, fleet, ticket.region, ticket.pool);
  if (!place.ok) return place;
  const read = await readPool(place.value);
  if (!read.ok) {
    if (read.failure.kind.is !== 'notFound') return read;
    // with its pool every machine goes, so a deletion is done, and nothing else can be any more
    const gone = ticket.kind === 'delete' ? ticket.machines.length : 0;
    return answered(receiptOf(ticket, gone, gone, gone > 0 ? [] : [read.failure], gone > 0 ? 'done' : 'failed'));
  }
  const machines = await machinesAt(place.value.site, place.value.version, [read.value]);
  if (!machines.ok) return machines;
  return answered(
    progress(
      ticket,
      read.value,
      machines.value.filter((m) => isOf(read.value, m)),
    ),
  );
}

export async function readPool({ site, version, namespace, name }: PoolPlace): Promise<Answer<MachineDeployment>> {
  const resource = deploymentsOf(version);
  const read = await site.api.get(resource, { namespace, name });
  if (!read.ok) return read;
  const deployment = readDeployment(read.value);
  if (deployment) return answered(deployment);
  const message = `${namespace}/${name} is no MachineDeployment that can be read`;
  return failed({ kind: { is: 'unknown' }, api: apiName('get', resource), code: 'Unreadable', message });
}

/** @param machines those of the pool */
export function progress(ticket: Ticket, pool: MachineDeployment, machines: readonly Machine[]): Receipt {
  return ticket.kind === 'delete' ? removal(ticket, pool, machines) : resizing(ticket, pool, machines);
}

function removal(ticket: Ticket, pool: MachineDeployment, machines: readonly Machine[]): Receipt {
  const names = new Set(ticket.machines);
  const left = machines.filter((machine) => isNamed(machine, names));
  const gone = ticket.machines.length - left.length;
  if (left.length === 0) return receiptOf(ticket, gone, gone, [], 'done', pool);
  const taken = left.filter((machine) => machine.state === 'ending').length;
  const accepted = isCurrent(ticket, pool) ? ticket.machines.length : gone + taken;
  if (accepted > gone) return receiptOf(ticket, accepted, gone, [], 'running', pool);
  return receiptOf(ticket, accepted, gone, [overtaken(ticket, pool)], 'failed', pool);
}

function resizing(ticket: Ticket, pool: MachineDeployment, machines: readonly Machine[]): Receipt {
  const { size } = ticket;
  const staying = machines.filter((machine) => machine.state !== 'ending');
  const running = staying.filter((machine) => machine.state === 'running' && !machine.failed).length;
  const fulfilled = Math.min(running, size);
  if (pool.replicas !== size) return receiptOf(ticket, fulfilled, fulfilled, [overtaken(ticket, pool)], 'failed', pool);
  if (running === size && machines.length === size) return receiptOf(ticket, size, size, [], 'done', pool);
  const broken = staying.filter((machine) => machine.failed).length;
  const reasons = new Set(staying.flatMap((machine) => machine.failed?.reason ?? []));
  const errors = [...reasons].map((reason) => machineFailure(reason, staying));
  // nothing is on its way any more: each of the machines has come up or failed
  const over = running + broken >= size && machines.length === staying.length && staying.length <= size;
  const state = !over ? 'running' : fulfilled > 0 ? 'done' : 'failed';
  return receiptOf(ticket, Math.max(fulfilled, size - broken), fulfilled, errors, state, pool);
}

/** The order's size still stands, whoever has written other settings since. */
const isCurrent = (ticket: Ticket, pool: MachineDeployment): boolean =>
  pool.replicas === ticket.size || pool.record?.opId === ticket.opId;

function overtaken(ticket: Ticket, pool: MachineDeployment): Failure {
  const who = pool.sizedBy === undefined ? 'somebody' : pool.sizedBy;
  return {
    kind: { is: 'conflict' },
    api: 'machinedeployments.cluster.x-k8s.io',
    code: 'Overtaken',
    message: `${pool.name} was to have ${ticket.size} machines, and ${who} has set ${pool.replicas ?? 'none'} since`,
  };
}

/**
 * Cluster API names why a machine failed. `InsufficientResources` is both a quota and a place without a machine left,
 * as its own documentation says; the message tells which.
 */
function machineFailure(reason: string, machines: readonly Machine[]): Failure {
  const message = machines.find((machine) => machine.failed?.reason === reason)?.failed?.message ?? '';
  const api = 'machines.cluster.x-k8s.io';
  return { kind: machineFailureKind(reason, message), api, code: reason, message };
}

function machineFailureKind(reason: string, message: string): Failure['kind'] {
  if (reason === 'InvalidConfiguration') return { is: 'invalid' };
  if (reason !== 'InsufficientResources') return { is: 'unknown' };
  const quota = /quota:?\s+"?([\w./-]+)/i.exec(message)?.[1];
  return quota === undefined ? { is: 'capacity', scope: 'type-in-zone' } : { is: 'quota', quota };
}

function receiptOf(
  ticket: Ticket,
  accepted: number,
  fulfilled: number,
  failures: readonly Failure[],
  state: Receipt['state'],
  pool?: MachineDeployment,
): Receipt {
  const errors = failures.map((failure): OfferingError => ({ offering: ticket.offering, failure }));
  return {
    state,
    token: tokenOf(ticket),
    asked: ticket.kind === 'delete' ? ticket.machines.length : ticket.size,
    accepted,
    fulfilled,
    errors,
    ...(pool && { version: String(pool.generation) }),
    pool: ticket.pool,
  };
}

function ticketIn(token: string): Ticket | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(token);
  } catch {
    return undefined;
  }
  const kind = textAt(raw, 'kind');
  const [region, pool, opId] = [textAt(raw, 'region'), textAt(raw, 'pool'), textAt(raw, 'opId')];
  const size = numberAt(raw, 'size');
  if (numberAt(raw, 'v') !== 1 || textAt(raw, 'cloud') !== 'kubernetes') return undefined;
  if (region === undefined || pool === undefined || opId === undefined || size === undefined) return undefined;
  if (kind !== 'size' && kind !== 'delete' && kind !== 'open') return undefined;
  const offering = textAt(raw, 'offering') ?? '';
  return { kind, region, pool, opId, size, offering, machines: textsAt(raw, 'machines') };
}
