import type {
  Cluster,
  ClusterParts,
  Eviction,
  PodRef,
  Scaled,
  ScaleOrder,
  WorkloadRef,
} from '../../src/cluster-port.ts';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import { numberAt, textAt } from '../../src/manifest/json.ts';
import type { Clock } from '../../src/ports.ts';
import { instant, later, seconds } from '../../src/units.ts';
import { apiName, BUDGETS, kubeApi, NODES, PODS, type KubeApi, type Resource } from './api.ts';
import { connectTo } from './connect.ts';
import { isBudget, waitAsked } from './failures.ts';
import { follow } from './follow.ts';
import { readBudget, readNode, readPod } from './objects.ts';
import { snapshotOf } from './snapshot.ts';

/**
 * Follows a cluster: its nodes, pods and disruption budgets. Of any cloud, by a context of the kubeconfig, or the one
 * that the process runs in (`in-cluster`). With an alarm, one that is not read whole in time is given up.
 */
export async function openCluster(parts: ClusterParts, context: string): Promise<Answer<Cluster>> {
  const connection = connectTo(parts.env, context);
  if (!connection.ok) return connection;
  const api = kubeApi(connection.value, parts);
  const followed = { api, clock: parts.clock, sleep: parts.sleep };
  const nodes = follow(followed, NODES, readNode);
  const pods = follow(followed, PODS, readPod);
  const budgets = follow(followed, BUDGETS, readBudget);
  const all = [nodes, pods, budgets];
  const close = async (): Promise<void> => {
    const closing = all.map((f) => f.close());
    // what is on its way is broken off: nobody waits for a server that has stopped to answer
    api.close();
    await Promise.all(closing);
  };
  const firsts = await inTime(parts, Promise.all(all.map((f) => f.first)));
  if (!firsts) {
    void close();
    return failed(tooSlow);
  }
  const missed = firsts.find((first) => !first.ok);
  if (missed && !missed.ok) {
    await close();
    return missed;
  }
  return answered({
    context,
    snapshot: () =>
      snapshotOf(
        {
          context,
          nodes: nodes.items(),
          pods: pods.items(),
          budgets: budgets.items(),
          asOf: instant(Math.min(...all.map((f) => f.heardAt()))),
          behind: all.map((f) => f.behind()).filter((why) => why !== undefined),
        },
        parts.clock.now(),
      ),
    cordon: (node) => setUnschedulable(api, node, true),
    uncordon: (node) => setUnschedulable(api, node, null),
    evict: (pod) => evict(api, pod, parts.clock),
    readScale: (workload) => readScale(api, workload),
    scale: (order) => scale(api, order),
    close,
  });
}

/**
 * 150,000 pods, as many as Kubernetes is made for, are 300 pages, sent at 20 a second at most: a server that is well and
 * far away has sent them by then.
 */
const OPEN_WITHIN_MS = 120_000;

/** Undefined: the alarm went off first. */
async function inTime<T>({ alarm }: ClusterParts, work: Promise<T>): Promise<T | undefined> {
  if (!alarm) return work;
  let silence = (): void => undefined;
  const rung = new Promise<undefined>((resolve) => {
    silence = alarm(OPEN_WITHIN_MS, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, rung]);
  } finally {
    silence();
  }
}

const tooSlow: Failure = {
  kind: { is: 'transient' },
  api: 'list nodes, pods, poddisruptionbudgets.policy',
  code: 'DeadlineExceeded',
  message: `not read to its end within ${OPEN_WITHIN_MS / 1000} s`,
};

/** kubectl takes the field away to open a node, and so do we. */
async function setUnschedulable(api: KubeApi, name: string, unschedulable: true | null): Promise<Answer<void>> {
  const done = await api.patch(NODES, { name }, 'strategic', { spec: { unschedulable } });
  return done.ok ? answered(undefined) : done;
}

/** A budget's no without a time of its own: kubectl drain asks again after 5 s. */
const ASK_AGAIN_S = 5;

async function evict(api: KubeApi, pod: PodRef, clock: Clock): Promise<Answer<Eviction>> {
  const { namespace, name, uid } = pod;
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    // a pod of a stateful set comes back under its name: the new one must not be asked in the old one's place
    ...(uid !== undefined && { deleteOptions: { preconditions: { uid } } }),
  };
  const asked = await api.create(PODS, { namespace, name, sub: 'eviction' }, body, (refusal): Eviction | undefined => {
    if (isBudget(refusal)) {
      const wait = seconds(waitAsked(refusal) ?? ASK_AGAIN_S);
      return { state: 'blocked', reason: refusal.message, tryAgainAt: later(clock.now(), wait) };
    }
    const another = refusal.status === 409 && /precondition/i.test(refusal.message);
    return refusal.status === 404 || another ? { state: 'gone' } : undefined;
  });
  if (!asked.ok) return asked;
  return answered(isEviction(asked.value) ? asked.value : { state: 'accepted' });
}

/** The server's own `Status` has a `status`, never a `state`. */
const isEviction = (value: unknown): value is Eviction => textAt(value, 'state') !== undefined;

const SCALED: Readonly<Record<WorkloadRef['kind'], Resource>> = {
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments' },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets' },
  ReplicaSet: { group: 'apps', version: 'v1', plural: 'replicasets' },
};

async function readScale(api: KubeApi, { kind, namespace, name }: WorkloadRef): Promise<Answer<Scaled>> {
  const read = await api.get(SCALED[kind], { namespace, name, sub: 'scale' });
  return read.ok ? scaledOf(read.value, apiName('get', SCALED[kind], 'scale')) : read;
}

async function scale(api: KubeApi, order: ScaleOrder): Promise<Answer<Scaled>> {
  const { kind, namespace, name } = order.workload;
  let version = order.expectedVersion;
  if (version === undefined) {
    const now = await readScale(api, order.workload);
    if (!now.ok || now.value.replicas === order.replicas) return now;
    version = now.value.version;
  }
  const body = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, resourceVersion: version },
    spec: { replicas: order.replicas },
  };
  const written = await api.update(SCALED[kind], { namespace, name, sub: 'scale' }, body);
  return written.ok ? scaledOf(written.value, apiName('update', SCALED[kind], 'scale')) : written;
}

function scaledOf(body: unknown, api: string): Answer<Scaled> {
  const version = textAt(body, 'metadata', 'resourceVersion');
  if (version === undefined) {
    return failed({ kind: { is: 'unknown' }, api, code: 'NoScale', message: 'the answer is no Scale' });
  }
  // zero is left out on the wire
  const replicas = numberAt(body, 'spec', 'replicas') ?? 0;
  return answered({ replicas, running: numberAt(body, 'status', 'replicas') ?? 0, version });
}
