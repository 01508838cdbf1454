import { matchOf, nodesText, requestsOn, type NodeKind } from '../demand/capacity.ts';
import type { GroupDemand } from '../demand/demand.ts';
import { mib, milliCores } from '../units.ts';
import type { Resources } from '../quantity.ts';

/** What replicas ask for and nodes have, where a replica asks for something else on some nodes. */
export interface ByNodes {
  readonly requestsOf: (group: GroupDemand) => Resources;
  readonly allocatableOf: (node: NodeKind, allocatable: Resources) => Resources;
}

/**
 * A placement problem knows one size of a replica. Where a group's differs from node to node, its requests are the
 * least of them, and nodes on which it asks for more count that in a resource of their own (`millicores on m5.*`), of
 * which all other nodes have without end. A filling fits then exactly when it fits with each replica at the size that
 * it has on that node: nothing is rounded, and the bound and its proof hold as they are.
 *
 * @param nodes all that may be chosen
 */
export function byNodes(demand: readonly GroupDemand[], nodes: readonly NodeKind[]): ByNodes {
  if (demand.every(({ on }) => on.length === 0)) {
    return { requestsOf: ({ requests }) => requests, allocatableOf: (_, allocatable) => allocatable };
  }
  const classes = classesOf(demand, nodes);
  const own = classes.flatMap((kind) => AMOUNTS.flatMap((amount) => ownResource(demand, classes, kind, amount)));
  return {
    requestsOf: (group) => ({
      ...leastOf(group, classes),
      ...devicesWith(
        group.requests,
        own.map(({ name, kind, amount }): Named => [name, amount.of(requestsOn(group, kind.node))]),
      ),
    }),
    allocatableOf: (node, allocatable) => {
      const key = keyOf(demand, node);
      const here = own.map(({ name, kind, amount, endless }): Named => {
        return [name, kind.key === key ? (amount.had(allocatable) ?? endless) : endless];
      });
      return { ...allocatable, ...devicesWith(allocatable, here) };
    },
  };
}

/** Nodes that every group takes alike. */
interface NodeClass {
  readonly key: string;
  /** one of them */
  readonly node: NodeKind;
  readonly words: string;
}

type Named = readonly [name: string, amount: number];

interface Amount {
  readonly unit: string;
  readonly of: (requests: Resources) => number;
  /** undefined = not limited */
  readonly had: (allocatable: Resources) => number | undefined;
}

const AMOUNTS: readonly Amount[] = [
  { unit: 'millicores', of: (r) => r.cpu, had: (r) => r.cpu },
  { unit: 'MiB of memory', of: (r) => r.memory, had: (r) => r.memory },
  { unit: 'MiB of ephemeral storage', of: (r) => r.storage ?? 0, had: (r) => r.storage },
];

/** More pods than any node holds. */
const PODS_WITHOUT_END = 1e6;

function classesOf(demand: readonly GroupDemand[], nodes: readonly NodeKind[]): readonly NodeClass[] {
  const classes = new Map<string, NodeClass>();
  for (const node of nodes) {
    const key = keyOf(demand, node);
    if (!classes.has(key)) classes.set(key, { key, node, words: wordsOf(demand, node) });
  }
  return [...classes.values()].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const keyOf = (demand: readonly GroupDemand[], node: NodeKind): string =>
  demand.map(({ on }) => on.findIndex((o) => o === matchOf(on, node))).join(' ');

/** What the groups call these nodes; each of their names once. */
function wordsOf(demand: readonly GroupDemand[], node: NodeKind): string {
  const names = demand.flatMap(({ on }) => {
    const match = matchOf(on, node);
    return match ? [nodesText(match)] : [];
  });
  return names.length > 0 ? `on ${[...new Set(names)].join(', ')}` : 'on other nodes';
}

/** Nothing where every group asks for its least there: the plain resource says it all. */
function ownResource(
  demand: readonly GroupDemand[],
  classes: readonly NodeClass[],
  kind: NodeClass,
  amount: Amount,
): readonly { name: string; kind: NodeClass; amount: Amount; endless: number }[] {
  const asked = demand.map((group) => amount.of(requestsOn(group, kind.node)));
  if (demand.every((group, g) => asked[g] === amount.of(leastOf(group, classes)))) return [];
  const endless = PODS_WITHOUT_END * Math.max(1, ...asked);
  return [{ name: `${amount.unit} ${kind.words}`, kind, amount, endless }];
}

function leastOf(group: GroupDemand, classes: readonly NodeClass[]): Resources {
  const all = classes.map(({ node }) => requestsOn(group, node));
  const { pods, devices, storage } = group.requests;
  const least = (of: (r: Resources) => number): number => Math.min(...all.map(of));
  return all.length === 0
    ? group.requests
    : {
        cpu: milliCores(least((r) => r.cpu)),
        memory: mib(least((r) => r.memory)),
        ...((storage !== undefined || all.some((r) => r.storage !== undefined)) && {
          storage: mib(least((r) => r.storage ?? 0)),
        }),
        ...(pods !== undefined && { pods }),
        ...(devices && { devices }),
      };
}

const devicesWith = ({ devices }: Resources, own: readonly Named[]): Pick<Resources, 'devices'> =>
  own.length === 0 ? {} : { devices: { ...devices, ...Object.fromEntries(own) } };
