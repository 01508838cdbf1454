import type { Item } from './input.ts';
import { numberAt, textAt } from '../manifest/json.ts';
import type { AssessOptions, HomeOutcome } from './outcome.ts';
import type { Proposal } from './report.ts';
import type { Understood } from './understand.ts';

interface Proposals {
  readonly same: Proposal | undefined;
  readonly across: Proposal | undefined;
}

/** What a reader has to know to trust the figures no further than they reach. One sentence or two each, in order of weight. */
export function notesOn(
  understood: Understood,
  outcomes: readonly HomeOutcome[],
  options: AssessOptions,
  proposals: Proposals,
): readonly string[] {
  return [
    'List prices of machines only: no discounts, commitments or savings plans, no disks, network, licences or fees of the Kubernetes service.',
    ...onPods(understood, options),
    ...onNodes(understood),
    ...onOverfull(understood, options),
    ...onPlacing(outcomes, options, proposals),
    ...onBudgets(understood.objects.budgets),
    ...onReplicas(understood.objects.controllers),
  ];
}

function onPods({ pods, cluster }: Understood, options: AssessOptions): string[] {
  const notes: string[] = [];
  const bare = cluster.pods.filter((p) => p.role === 'workload' && (p.requests.cpu === 0 || p.requests.memory === 0));
  if (bare.length > 0) {
    notes.push(
      `${count(bare.length, 'pod')} ${bare.length === 1 ? 'requests' : 'request'} no cpu or no memory and so ${bare.length === 1 ? 'counts' : 'count'} as needing none: the result is too good by what ${bare.length === 1 ? 'it' : 'they'} really use. --default-requests 100m,128Mi counts them in.`,
    );
  }
  if (options.defaults)
    notes.push(`Missing requests are counted as ${options.defaults.cpu}m cpu and ${options.defaults.memory} MiB.`);
  const waiting = pods.running.filter((p) => p.node === undefined).length;
  if (waiting > 0) {
    notes.push(
      `${count(waiting, 'pod')} waiting for a node: the proposals make room for those that can be placed, today's nodes do not.`,
    );
  }
  const soft = cluster.pods.filter((p) => p.role === 'workload' && p.preferences > 0).length;
  if (soft > 0)
    notes.push(
      `${count(soft, 'pod')} with preferences that bind nobody (ScheduleAnyway, preferred affinities): not counted.`,
    );
  return notes;
}

function onNodes({ cluster }: Understood): string[] {
  const notes: string[] = [];
  const unknown = cluster.nodes.filter((n) => cluster.priced.has(n) && !n.purchaseKnown).length;
  if (unknown > 0)
    notes.push(`${count(unknown, 'node')} without a label that says on-demand or spot: taken for on-demand.`);
  const fees = new Set(cluster.nodes.flatMap((n) => n.fee ?? []));
  for (const fee of fees) notes.push(`${fee} takes a fee on top of the machines, which is not counted on either side.`);
  const unready = cluster.nodes.filter((n) => cluster.priced.has(n) && !n.ready).length;
  if (unready > 0) notes.push(`${count(unready, 'node')} not ready: paid for, so counted.`);
  return notes;
}

/** A node admits no pod that does not fit, so such input was changed or put together from different times. */
function onOverfull({ cluster }: Understood, { defaults }: AssessOptions): string[] {
  const overfull = cluster.nodes.flatMap((node) => {
    const { allocatable } = node;
    if (!allocatable) return [];
    const pods = cluster.podsOn.get(node) ?? [];
    const worst = (['cpu', 'memory'] as const)
      .map((what) => {
        // what was filled in for a pod is our own claim, not the input's
        const stated = pods.map(({ requests }) => (requests[what] === defaults?.[what] ? 0 : requests[what]));
        const share = allocatable[what] > 0 ? stated.reduce((a, b) => a + b, 0) / allocatable[what] : 0;
        return { what, share, alone: Math.max(0, ...stated) > allocatable[what] };
      })
      .toSorted((a, b) => b.share - a.share)[0];
    return worst && worst.share > 1 + ROUNDING ? [{ node, ...worst }] : [];
  });
  const [worst] = overfull.toSorted((a, b) => b.share - a.share);
  if (!worst) return [];
  const claim = worst.alone ? 'one pod alone requests more than all of it' : 'its pods request more than all of it';
  return [
    `The input contradicts itself on ${count(overfull.length, 'node')}, which ${overfull.length === 1 ? 'is' : 'are'} said to run more than ${overfull.length === 1 ? 'it has' : 'they have'} room for (${worst.node.name}: ${worst.what} ${percent(worst.share)}; ${claim}): was it put together from different clusters or times? No figure above is better than it.`,
  ];
}

/** quantities are read in whole millicores and MiB, one of each pod at most */
const ROUNDING = 0.01;

function onPlacing(outcomes: readonly HomeOutcome[], options: AssessOptions, { same, across }: Proposals): string[] {
  if (outcomes.length === 0) return [];
  const breaches = outcomes.flatMap((o) => [...o.same.breaches, ...(o.across?.breaches ?? [])]);
  const notes = [
    ...(breaches.length > 0
      ? [`A placement failed its check, so what runs is kept in its place; please report it: ${breaches[0] ?? ''}.`]
      : []),
    'Safe means: every hard rule of the pods holds on the proposed nodes, checked pod by pod; no node carries more than half of the like replicas of a workload that is on several nodes today; workloads stay on the CPU architecture they run on' +
      `${options.arches.length > 0 ? ` or ${options.arches.join(', ')}` : ' (--arch amd64,arm64 if your images have both)'}.`,
    'The bound is proven for these limits, for the types proposed and for requests as they are now; autoscaled peaks need room on top.',
  ];
  if (options.types.length > 0) {
    notes.push(
      `Only types like ${options.types.join(', ')} were open to proposals (--types), and of those only what is proposed at all: a bound or a least cost is proven among them and what runs, not among all types.`,
    );
  }
  const kinds = Math.max(...outcomes.map((o) => o.ready.around.kinds.kinds.length));
  if (kinds > 1)
    notes.push(`New nodes carry the labels and taints of one of the ${kinds} kinds of node that run today.`);
  const shares = outcomes
    .map(({ ready: { around } }) => around.sense)
    .filter((s) => s.cpuShare < 0.995 || s.memoryShare < 0.995);
  for (const { cpuShare, memoryShare } of shares) {
    notes.push(
      `Your nodes offer less than the usual reserve leaves (cpu ${percent(cpuShare)}, memory ${percent(memoryShare)}): types you do not run yet are taken to offer as much less.`,
    );
  }
  if (outcomes.length > 1)
    notes.push('Each region is placed on its own: nodes of different regions are taken for different clusters.');
  const spot = [same, across].some((p) =>
    p?.mix.some((line) => line.purchase === 'spot' && line.priceBasis === 'modelled'),
  );
  if (spot) notes.push('Azure spot prices are modelled as a share of on-demand, not listed.');
  if (across) {
    notes.push(
      'Moving across clouds: traffic between regions and out of the cloud, and data that would have to move, are not in the price. A pod moves only as far as its manifest, as it is written, would schedule there.',
    );
  }
  return notes;
}

function onBudgets(budgets: readonly Item[]): string[] {
  if (budgets.length === 0) return [];
  const blocked = budgets.filter((b) => numberAt(b.value, 'status', 'disruptionsAllowed') === 0);
  const names = blocked
    .slice(0, 3)
    .map((b) => `${textAt(b.value, 'metadata', 'namespace') ?? ''}/${textAt(b.value, 'metadata', 'name') ?? ''}`);
  const some =
    blocked.length === 0
      ? 'all of them allow some now'
      : `${blocked.length} allow none now and would block a drain (${names.join(', ')}${blocked.length > 3 ? ' …' : ''})`;
  return [
    `${count(budgets.length, 'disruption budget')}: ${some}. They slow a move down and do not change where it ends.`,
  ];
}

function onReplicas(controllers: readonly Item[]): string[] {
  let missing = 0;
  for (const { value } of controllers) {
    const wanted = numberAt(value, 'spec', 'replicas') ?? 1;
    missing += Math.max(0, wanted - (numberAt(value, 'status', 'replicas') ?? wanted));
  }
  return missing > 0
    ? [`${count(missing, 'replica')} wanted by Deployments and StatefulSets but not there yet: not counted.`]
    : [];
}

const count = (n: number, noun: string): string => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
const percent = (share: number): string => `${Math.floor(share * 1000) / 10}%`;
