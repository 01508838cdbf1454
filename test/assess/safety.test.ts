import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { assess } from '../../src/assess/assess.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { bigCluster } from '../support/big-cluster.ts';
import { eksNode, list, pod } from '../support/kube.ts';
import { priceLists } from '../support/price-lists.ts';
import { OPTIONS, trial } from '../support/repack.ts';
import { complaints } from '../support/scheduler.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const ZONE = 'topology.kubernetes.io/zone';
const among = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const notBeside = (app: string, topologyKey: string) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...among(app), topologyKey }] } },
});

/** What a workload may demand; `w0` is a workload that others may look at. */
const RULES: Readonly<Record<string, (app: string) => Readonly<Record<string, unknown>>>> = {
  none: () => ({}),
  alone: (app) => notBeside(app, 'kubernetes.io/hostname'),
  aloneInZone: (app) => notBeside(app, ZONE),
  notBesideFirst: () => notBeside('w0', 'kubernetes.io/hostname'),
  notInZoneOfFirst: () => notBeside('w0', ZONE),
  even: (app) => ({
    topologySpreadConstraints: [{ ...among(app), maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }],
  }),
  evenWithFirst: () => ({
    topologySpreadConstraints: [{ ...among('w0'), maxSkew: 2, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }],
  }),
  port: () => ({
    containers: [{ name: 'm', resources: { requests: { cpu: '300m' } }, ports: [{ containerPort: 80, hostPort: 80 }] }],
  }),
  volume: (app) => ({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: `d-${app}` } }] }),
  team: () => ({ nodeSelector: { team: 'x' }, tolerations: [{ key: 'team', operator: 'Equal', value: 'x' }] }),
  inA: () => ({ nodeSelector: { [ZONE]: 'eu-west-1a' } }),
};

const nodes = fc.array(
  fc.record({ zone: fc.constantFrom('a', 'b', 'c'), spot: fc.boolean(), team: fc.boolean(), closed: fc.boolean() }),
  { minLength: 1, maxLength: 7 },
);
const workloads = fc.array(
  fc.record({
    replicas: fc.integer({ min: 1, max: 9 }),
    cpu: fc.constantFrom(100, 300, 700, 1500, 2600),
    rule: fc.constantFrom(...Object.keys(RULES)),
    start: fc.nat(20),
    held: fc.boolean(),
    waits: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);
const cluster = fc.tuple(nodes, workloads).map(([ns, ws]) => {
  const team = [{ key: 'team', value: 'x', effect: 'NoSchedule' }];
  const items: Record<string, unknown>[] = ns.map((n, i) =>
    eksNode(`n${i}`, {
      zone: n.zone,
      capacity: n.spot ? 'spot' : 'on-demand',
      ...(n.team && { labels: { team: 'x' }, taints: team }),
      unschedulable: n.closed,
    }),
  );
  ws.forEach((w, i) => {
    for (let r = 0; r < w.replicas; r++) {
      const waits = w.waits && r === w.replicas - 1;
      items.push(
        pod({
          name: `w${i}-${r}`,
          owner: `Deployment/w${i}`,
          labels: { app: `w${i}` },
          requests: { cpu: `${w.cpu}m`, memory: '256Mi' },
          ...(!waits && { node: `n${(w.start + r) % ns.length}` }),
          ...(w.held && r === 0 && { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }),
          spec: RULES[w.rule]?.(`w${i}`) ?? {},
        }),
      );
    }
  });
  return items;
});

describe('on a larger cluster', () => {
  it('the scheduler agrees too, and the bound is near', () => {
    const items = bigCluster(40, 400);
    const t = trial(items, solver);
    expect(complaints(items, t)).toEqual([]);
    expect(t.answer.packing.usdPerHour).toBeLessThan(1.25 * t.answer.packing.lowerBoundUsdPerHour);
  });
});

describe('on random clusters', () => {
  it('the scheduler would agree with every seat, and every pod is accounted for once', () => {
    fc.assert(
      fc.property(cluster, (items) => {
        const t = trial(items, solver);
        expect(complaints(items, t)).toEqual([]);
        const placed = t.answer.packing.seats.flatMap((s) => s.pods.map((p) => p.key));
        const listed = [...placed, ...Object.keys(t.kept), ...Object.keys(t.leftOut)].toSorted();
        const came = items
          .filter((i) => i['kind'] === 'Pod')
          .map((p) => `chat/${(p['metadata'] as { name: string }).name}`);
        expect(listed).toEqual(came.toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it('the report adds up: nodes that stay are counted once, nothing is dearer than today, bounds lie below', () => {
    fc.assert(
      fc.property(cluster, (items) => {
        const read = assess([{ file: 'f', text: list(items) }], priceLists(), solver, {
          ...OPTIONS,
          across: true,
          eachCloud: false,
        });
        if (!read.ok) throw new Error('not read');
        const { now, sameCloud, acrossClouds, stays, notes } = read.value;
        expect(notes.filter((note) => note.includes('failed its check'))).toEqual([]);
        for (const p of [sameCloud, acrossClouds]) {
          if (!p) throw new Error('no proposal');
          const mix = p.mix.reduce((sum, m) => sum + m.nodes * m.usdPerHourEach, 0);
          expect(mix).toBeCloseTo(p.usdPerHour, 9);
          expect(p.mix.reduce((n, m) => n + m.staying, 0)).toBe(p.staying.nodes);
          expect(p.usdPerHour).toBeLessThanOrEqual(now.usdPerHour + 1e-9);
          expect(p.lowerBoundUsdPerHour).toBeLessThanOrEqual(p.usdPerHour + 1e-9);
          expect(p.savedUsdPerHour).toBeCloseTo(now.usdPerHour - p.usdPerHour, 9);
        }
        expect(acrossClouds?.usdPerHour ?? 0).toBeLessThanOrEqual((sameCloud?.usdPerHour ?? 0) + 1e-9);
        if (sameCloud?.kind === 'new') {
          const kept = stays.reduce((sum, s) => sum + s.usdPerHour, 0);
          expect(kept).toBeCloseTo(sameCloud.staying.usdPerHour, 9);
        }
        expect(now.types.reduce((sum, t) => sum + t.usdPerHour, 0)).toBeCloseTo(now.usdPerHour, 9);
      }),
      { numRuns: 30 },
    );
  });
});
