import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { Observation } from '../../src/observation.ts';
import { EXIT, lineOf } from '../../src/trouble.ts';
import { decideFleet } from '../../src/wire.ts';
import { clustersWorld, gateway, type ClustersWorld } from './clusters-world.ts';

interface Printed {
  readonly demand: readonly { readonly group: string; readonly replicas: number; readonly reason: string }[];
  readonly pools: readonly { readonly pool: string; readonly from: number; readonly to: number }[];
  readonly steps: readonly { readonly kind: string; readonly offering: string }[];
  readonly warnings: readonly string[];
}

interface Looked {
  readonly clouds: readonly {
    readonly provider: string;
    readonly asked: boolean;
    readonly grant?: string;
    readonly findings: readonly { readonly about: string; readonly state: string; readonly what: string }[];
  }[];
}

// one for the process, which keeps where it has shelved what it saw
let shelf: string;
beforeAll(async () => {
  shelf = await mkdtemp(join(tmpdir(), 'godwit-shelf-'));
});
afterAll(() => rm(shelf, { recursive: true }));

let fleet: ClustersWorld;
beforeEach(async () => {
  fleet = await clustersWorld();
  vi.stubEnv('GODWIT_CACHE_DIR', shelf);
  for (const [name, value] of Object.entries(fleet.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  expect([...fleet.kubernetes.complaints, ...fleet.aws.complaints]).toEqual([]);
  await fleet.close();
});

async function godwit(...args: readonly string[]): Promise<{ code: number; printed: unknown }> {
  let [out, err] = ['', ''];
  const code = await run([...args, fleet.file, '-o', 'json'], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    colour: false,
    width: undefined,
  });
  if (out === '') throw new Error(err);
  return { code, printed: JSON.parse(out) };
}

const planned = async (...args: readonly string[]): Promise<Printed> =>
  (await godwit('plan', ...args)).printed as Printed;

const examined = async (): Promise<{ code: number; printed: Looked }> => {
  const { code, printed } = await godwit('doctor');
  return { code, printed: printed as Looked };
};

async function observed(): Promise<Observation> {
  const decided = await decideFleet(fleet.file, { offline: false });
  if (!decided.ok) throw new Error(decided.troubles.map(lineOf).join('\n'));
  return decided.value.observation;
}

const nodes = ({ pools }: Printed, part: string): number =>
  pools.filter(({ pool }) => pool.startsWith(part)).reduce((sum, { to }) => sum + to, 0);

/** A kubeconfig in which one context's server is another. */
async function redirected(context: string, server: string): Promise<void> {
  const file = join(dirname(fleet.file), 'kubeconfig');
  const { kubeconfig } = fleet.kubernetes;
  const there = new RegExp(`server: \\S+/clusters/${context}$`, 'm');
  expect(kubeconfig).toMatch(there);
  await writeFile(file, kubeconfig.replace(there, `server: ${server}`));
}

describe('a fleet of clusters, planned', { timeout: 60_000 }, () => {
  it('on what their nodes have and their daemonsets take, not on the formula and the fleet file', async () => {
    const plan = await planned();
    // six gateways of 1,250 m: three fit beside the 100 m of the file's daemonsets, two beside the 250 m that they take
    expect(nodes(plan, 'use1')).toBe(3);
    expect(plan.warnings).toEqual([
      'daemonsets on m7i.xlarge in aws/us-east-1 and metal-8 in kubernetes/own-fra take cpu 250m over the 100m and ' +
        'memory 300Mi over the 100Mi that daemonsets states: planned with what they take there, and with what is ' +
        'stated for types that no cluster runs yet',
    ]);
    const { offerings, pools, workloads } = await observed();
    expect(new Set(offerings.map((o) => o.allocatableBasis))).toEqual(new Set(['measured']));
    for (const { daemons } of offerings) expect(daemons).toMatchObject({ cpu: 250, memory: 300 });
    expect(pools.map(({ name, carries }) => [name, carries])).toEqual([
      ['use1-a', [{ nodes: 3, replicas: { 'gateway/na': 1 } }]],
      ['use1-b', [{ nodes: 3, replicas: { 'gateway/na': 1 } }]],
      ['fra-a', [{ nodes: 2, replicas: { 'gateway/eu': 1 } }]],
      ['fra-b', [{ nodes: 2, replicas: { 'gateway/eu': 1 } }]],
    ]);
    expect(workloads).toMatchObject([
      { group: 'gateway/na', running: 6, pending: 0 },
      { group: 'gateway/eu', running: 4, pending: 0 },
    ]);
    await fleet.edit(', contexts: [im-use1]', '');
    expect(nodes(await planned(), 'use1')).toBe(2);
  });

  it('for the pods that wait for a node too, whatever the load says', async () => {
    for (let i = 6; i < 14; i++) fleet.run('im-use1', gateway('na', i));
    const { demand, steps, pools } = await planned();
    const na = demand.find(({ group }) => group === 'gateway/na');
    expect(na).toMatchObject({ replicas: 14, reason: expect.stringContaining('wait for a node') });
    expect(nodes({ pools } as Printed, 'use1')).toBe(7);
    expect(steps.filter(({ kind, offering }) => kind === 'grow' && offering.startsWith('aws/'))).toHaveLength(1);
    expect(demand.find(({ group }) => group === 'gateway/eu')?.replicas).toBe(4);
  });

  it('with nothing of a cloud let go while one of its clusters cannot be seen; the others go on', async () => {
    await redirected('im-use1', 'http://127.0.0.1:1');
    const plan = await planned();
    expect(plan.warnings.filter((w) => w.startsWith('aws: cluster im-use1 could not be looked at'))).toHaveLength(1);
    expect(plan.steps.filter(({ offering }) => offering.startsWith('aws/'))).toEqual([]);
    expect(nodes(plan, 'use1')).toBe(6);
    expect(nodes(plan, 'fra')).toBe(1);
  });

  it('with nothing of a cloud let go while a cluster may not be read', async () => {
    fleet.denied.push('list pods');
    const plan = await planned();
    const unseen = plan.warnings.filter((w) => w.includes('could not be looked at'));
    expect(unseen.map((w) => w.split(' could')[0])).toEqual(['aws: cluster im-use1', 'kubernetes: cluster own-fra']);
    expect(plan.steps).toEqual([]);
  });
});

describe('the same fleet, looked over', { timeout: 60_000 }, () => {
  const ofClusters = ({ clouds }: Looked): Looked['clouds'][number] => {
    const [found, ...others] = clouds.filter(({ provider }) => provider === 'kubernetes');
    if (!found || others.length > 0) throw new Error('all clusters are told under one name');
    return found;
  };

  it('in the clusters of every cloud: whether they are reached, by what clock, with which rights', async () => {
    const { code, printed } = await examined();
    const { asked, findings, grant } = ofClusters(printed);
    expect(asked).toBe(true);
    expect(grant).toBeUndefined();
    for (const context of ['im-use1', 'own-fra']) {
      const of = findings.filter(({ what }) => what.endsWith(`context ${context}`));
      expect([...new Set(of.map(({ about }) => about))]).toEqual(
        expect.arrayContaining(['reach', 'clock', 'permission']),
      );
      expect(of.filter(({ what }) => what.startsWith('nodes and pods'))).toHaveLength(1);
    }
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    // whose pools a cloud keeps has no machines of its own
    expect(findings.some(({ what }) => what.includes('machine') && what.endsWith('im-use1'))).toBe(false);
    expect(code).toBe(EXIT.ok);
  });

  it('with what is missing, and the role that grants it once for all clusters', async () => {
    fleet.denied.push('watch pods', 'patch machinedeployments.cluster.x-k8s.io');
    const { code, printed } = await examined();
    const { findings, grant } = ofClusters(printed);
    const missing = findings.filter(({ about, state }) => about === 'permission' && state === 'missing');
    expect(missing.map(({ what }) => what).toSorted()).toEqual([
      'patch machinedeployments.cluster.x-k8s.io in context own-fra',
      'watch pods in context im-use1',
      'watch pods in context own-fra',
    ]);
    expect(grant?.match(/kind: ClusterRole/g)).toHaveLength(1);
    expect(grant).toContain("resources: ['pods']");
    expect(grant).toContain("resources: ['machinedeployments']");
    expect(code).toBe(EXIT.incomplete);
  });

  it('with contexts that the kubeconfig does not have, and workloads that no cluster runs', async () => {
    await fleet.edit('im/StatefulSet/gateway-{market}', 'im/Deployment/gateway-{market}');
    const gone = ofClusters((await examined()).printed);
    expect(gone.findings.filter(({ state }) => state === 'unknown').map(({ what }) => what)).toEqual([
      'im/Deployment/gateway-na and im/Deployment/gateway-eu',
    ]);
    await fleet.edit('contexts: [im-use1]', 'contexts: [im-use2]');
    const { printed, code } = await examined();
    const failed = ofClusters(printed).findings.filter(({ state }) => state === 'failed');
    expect(failed.map(({ about, what }) => [about, what])).toEqual([
      ['credentials', 'context im-use2'],
      ['reach', 'nodes and pods of context im-use2'],
    ]);
    expect(code).toBe(EXIT.incomplete);
  });
});
