import { beforeAll, describe, expect, it } from 'vitest';
import type { Seat } from '../../src/assess/seats.ts';
import { breaches } from '../../src/assess/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { deployment, eksNode, pod } from '../support/kube.ts';
import { trial, type Trial } from '../support/repack.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const ON = ['a', 'b', 'c'];
const NODES = ON.map((zone) => eksNode(zone, { zone }));
const SMALL = { requests: { cpu: '500m', memory: '1Gi' } };
const ZONE = 'topology.kubernetes.io/zone';
const same = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const apart = (app: string, topologyKey: string) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...same(app), topologyKey }] } },
});

/** What the check says of a sound answer after it was spoilt. */
function spoilt(items: readonly unknown[], spoil: (seats: readonly Seat[]) => readonly Seat[], options = {}): string {
  const t: Trial = trial([...NODES, ...items], solver, options);
  const { ready, answer } = t;
  const check = (seats: readonly Seat[]): readonly string[] =>
    breaches(ready.around.cluster, answer.places, seats, ready.units, ready.rules, ready.fates);
  expect(check(answer.packing.seats)).toEqual([]);
  return check(spoil(answer.packing.seats)).join('\n');
}

const allOnFirst = (seats: readonly Seat[]): readonly Seat[] =>
  seats.slice(0, 1).map(({ host }) => ({ host, pods: seats.flatMap((s) => s.pods) }));
const inZone = (zone: string) => (seats: readonly Seat[]) =>
  seats.map(({ host, pods }) => ({ pods, host: { ...host, offering: { ...host.offering, zone } } }));

describe('the check of a proposal', () => {
  const web = (n: number, spec: Readonly<Record<string, unknown>> = {}) => deployment('web', ON, n, { ...SMALL, spec });
  const rows: readonly (readonly [
    why: string,
    items: () => readonly unknown[],
    spoil: (seats: readonly Seat[]) => readonly Seat[],
    says: RegExp,
  ])[] = [
    ['a pod without a node', () => web(4), (seats) => seats.slice(1), /has no node/],
    ['a pod with two nodes', () => web(4), (seats) => [...seats, ...seats.slice(0, 1)], /has two nodes/],
    ['more cpu than a node has', () => web(60), allOnFirst, /carries more cpu than it has/],
    [
      'a node selector',
      () => web(2, { nodeSelector: { 'node.kubernetes.io/instance-type': 'm5.2xlarge' } }),
      (seats) => seats.map((s) => ({ ...s, host: { ...s.host, label: () => 'm5.large' } })),
      /node selector does not match/,
    ],
    [
      'a taint',
      () => web(2),
      (seats) =>
        seats.map((s) => ({ ...s, host: { ...s.host, taints: [{ key: 'k', value: '', effect: 'NoSchedule' }] } })),
      /does not tolerate a taint/,
    ],
    [
      'two on a node that must be apart',
      () => web(3, apart('web', 'kubernetes.io/hostname')),
      allOnFirst,
      /rule apart over kubernetes.io\/hostname does not hold/,
    ],
    [
      'two in a zone that must be apart',
      () => web(3, apart('web', ZONE)),
      inZone('eu-west-1a'),
      /must stay in zone|rule apart over topology/,
    ],
    [
      'a skew over zones',
      () =>
        web(6, {
          topologySpreadConstraints: [
            { ...same('web'), maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' },
          ],
        }),
      inZone('eu-west-1a'),
      /rule spread over topology.kubernetes.io\/zone does not hold/,
    ],
    [
      'a skew over nodes',
      () =>
        web(6, {
          topologySpreadConstraints: [
            { ...same('web'), maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
          ],
        }),
      allOnFirst,
      /rule spread over kubernetes.io\/hostname/,
    ],
    [
      'a volume that is not there',
      () => [
        pod({
          name: 's-0',
          node: 'b',
          owner: 'StatefulSet/s',
          ...SMALL,
          spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
        }),
      ],
      inZone('eu-west-1a'),
      /must stay in zone eu-west-1b/,
    ],
    [
      'a host port twice',
      () => web(2, { containers: [{ name: 'm', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
      allOnFirst,
      /host port TCP\/80 is taken/,
    ],
    [
      'on-demand pods on spot',
      () => web(4),
      (seats) =>
        seats.map((s) => ({ ...s, host: { ...s.host, offering: { ...s.host.offering, purchase: 'spot' as const } } })),
      /4 pods on spot, 0 may be/,
    ],
    [
      'another region',
      () => [
        pod({
          name: 's-0',
          node: 'b',
          owner: 'StatefulSet/s',
          ...SMALL,
          spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
        }),
      ],
      (seats) => seats.map((s) => ({ ...s, host: { ...s.host, atHome: false } })),
      /must stay in its region/,
    ],
  ];
  it.each(rows)('finds %s', (_why, items, spoil, says) => {
    expect(spoilt(items(), spoil)).toMatch(says);
  });
});
