import { offeringId } from '../../src/catalog/offering.ts';
import type { OpenOrder, OperationToken } from '../../src/ports.ts';
import { fieldsOf, listOf, numberOf, textOf, textsOf } from './fields.ts';

/** What a process needs to go on with an order that another one began. */
export interface Stored {
  readonly kind: 'resize' | 'delete' | 'open';
  readonly opId: string;
  readonly project: string;
  readonly zone: string;
  /** the group that the machines are in; absent while GKE has not named the one of a new node pool */
  readonly group?: string;
  /** the pool's id */
  readonly pool: string;
  /** offering's id */
  readonly offering: string;
  readonly asked: number;
  /** machines that ran when it was ordered */
  readonly before: number;
  /** Google's own operations, in the order they were begun */
  readonly operations: readonly StoredOperation[];
  /** of a deletion */
  readonly instances?: readonly string[];
  /** of an opening whose template was not ready yet: what is still to be sent */
  readonly next?: { readonly order: OpenOrder; readonly template: string; readonly group: object };
}

export interface StoredOperation {
  readonly at: 'global' | 'zone' | 'container';
  /** name, or path at GKE */
  readonly name: string;
}

/** Of an opening, before anything was sent. */
export const storedOf = (order: OpenOrder, project: string): Stored => ({
  kind: 'open',
  opId: order.opId,
  project,
  zone: order.zone,
  group: order.name,
  pool: `projects/${project}/zones/${order.zone}/instanceGroupManagers/${order.name}`,
  offering: offeringId({ ...order, provider: 'gcp' }),
  asked: order.size,
  before: 0,
  operations: [],
});

const VERSION = 1;

export const tokenOf = (stored: Stored): OperationToken =>
  JSON.stringify({ v: VERSION, cloud: 'gcp', ...stored }) as OperationToken;

/** undefined where it is no token of this adapter */
export function readToken(token: OperationToken): Stored | undefined {
  const fields = fieldsOf(parsed(token));
  if (fields['v'] !== VERSION || fields['cloud'] !== 'gcp') return undefined;
  const { kind } = fields;
  const [opId, project, zone, pool, offering] = ['opId', 'project', 'zone', 'pool', 'offering'].map((key) =>
    textOf(fields[key]),
  );
  const [asked, before] = [numberOf(fields['asked']), numberOf(fields['before'])];
  if (kind !== 'resize' && kind !== 'delete' && kind !== 'open') return undefined;
  if (opId === undefined || project === undefined || zone === undefined || pool === undefined) return undefined;
  if (offering === undefined || asked === undefined || before === undefined) return undefined;
  const group = textOf(fields['group']);
  const next = fieldsOf(fields['next']);
  const template = textOf(next['template']);
  return {
    kind,
    opId,
    project,
    zone,
    pool,
    offering,
    asked,
    before,
    ...(group !== undefined && { group }),
    operations: listOf(fields['operations']).flatMap(({ at, name }) => {
      const known = textOf(name);
      return known !== undefined && (at === 'global' || at === 'zone' || at === 'container')
        ? [{ at, name: known }]
        : [];
    }),
    ...(Array.isArray(fields['instances']) && { instances: textsOf(fields['instances']) }),
    // written by this adapter, and sent only where Google's own checks see it
    ...(template !== undefined && {
      next: { order: next['order'] as OpenOrder, template, group: fieldsOf(next['group']) },
    }),
  };
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}
