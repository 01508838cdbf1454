import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amounts } from '../../src/manifest/amounts.ts';
import { effectiveRequests } from '../../src/manifest/requests.ts';
import type { Trouble } from '../../src/trouble.ts';

type Needs = Readonly<Record<string, string>>;
const c = (requests: Needs, limits?: Needs) => ({ resources: { requests, ...(limits && { limits }) } });
const sidecar = (requests: Needs) => ({ ...c(requests), restartPolicy: 'Always' });

function read(spec: unknown): Amounts {
  const troubles: Trouble[] = [];
  const found = effectiveRequests(spec, { file: 'f', at: 'spec' }, troubles);
  expect(troubles).toEqual([]);
  return found;
}

describe('effective requests, by the rules Kubernetes documents', () => {
  const rows: readonly (readonly [why: string, spec: unknown, cpu: number, memory: number])[] = [
    [
      'containers add up',
      { containers: [c({ cpu: '250m', memory: '64Mi' }), c({ cpu: '1', memory: '1Gi' })] },
      1250,
      1088,
    ],
    [
      'init containers run one after the other: the largest counts',
      {
        containers: [c({ cpu: '100m', memory: '64Mi' })],
        initContainers: [c({ cpu: '1', memory: '32Mi' }), c({ cpu: '2', memory: '16Mi' })],
      },
      2000,
      64,
    ],
    [
      'an init container smaller than the containers counts for nothing',
      { containers: [c({ cpu: '500m' })], initContainers: [c({ cpu: '100m' })] },
      500,
      0,
    ],
    [
      'a sidecar stays: it adds to the containers',
      { containers: [c({ cpu: '500m' })], initContainers: [sidecar({ cpu: '100m' })] },
      600,
      0,
    ],
    [
      'a sidecar runs beside the init containers after it',
      { containers: [c({ cpu: '500m' })], initContainers: [sidecar({ cpu: '200m' }), c({ cpu: '1' })] },
      1200,
      0,
    ],
    [
      'but not beside those before it',
      { containers: [c({ cpu: '500m' })], initContainers: [c({ cpu: '1' }), sidecar({ cpu: '200m' })] },
      1000,
      0,
    ],
    [
      'two sidecars add up while the second init container runs',
      { containers: [], initContainers: [sidecar({ cpu: '100m' }), sidecar({ cpu: '100m' }), c({ cpu: '300m' })] },
      500,
      0,
    ],
    [
      'each resource is taken on its own',
      { containers: [c({ cpu: '1', memory: '10Mi' })], initContainers: [c({ cpu: '100m', memory: '1Gi' })] },
      1000,
      1024,
    ],
    [
      'the overhead of the runtime comes on top',
      { containers: [c({ cpu: '1' })], overhead: { cpu: '250m', memory: '120Mi' } },
      1250,
      120,
    ],
    ['a limit without a request is the request', { containers: [c({}, { cpu: '2', memory: '1Gi' })] }, 2000, 1024],
    [
      'a request beside a limit is the request',
      { containers: [c({ cpu: '1' }, { cpu: '2', memory: '1Gi' })] },
      1000,
      1024,
    ],
    [
      'pod-level requests replace the containers',
      { containers: [c({ cpu: '1', memory: '1Gi' })], resources: { requests: { cpu: '500m' } } },
      500,
      1024,
    ],
    [
      'pod-level limits count where nothing is requested',
      { containers: [c({})], resources: { limits: { memory: '2Gi' } } },
      0,
      2048,
    ],
    [
      'pod-level requests, with overhead',
      { containers: [], resources: { requests: { cpu: '1', memory: '1Gi' } }, overhead: { cpu: '100m' } },
      1100,
      1024,
    ],
    ['nothing requested is nothing', { containers: [{}] }, 0, 0],
    [
      'odd but legal quantities',
      {
        containers: [c({ cpu: '0.1', memory: '128974848' }), c({ cpu: '1e-1', memory: '129e6' }), c({ cpu: '1500u' })],
      },
      202,
      123 + 129e6 / 2 ** 20,
    ],
  ];
  it.each(rows)('%s', (_why, spec, cpu, memory) => {
    const found = read(spec);
    expect(found.cpu).toBe(cpu);
    expect(found.memory).toBeCloseTo(memory, 9);
  });

  it('counts extended resources and storage alike', () => {
    const spec = {
      containers: [c({ 'ephemeral-storage': '1Gi' }, { 'nvidia.com/gpu': '2' })],
      initContainers: [c({ 'nvidia.com/gpu': '1' })],
    };
    const found = read(spec);
    expect(found.storage).toBe(1024);
    expect([...found.others]).toEqual([['nvidia.com/gpu', 2]]);
  });

  it('is never less than the containers ask for together, nor than any one init container', () => {
    const milli = fc.integer({ min: 0, max: 4000 });
    fc.assert(
      fc.property(fc.array(milli), fc.array(fc.record({ cpu: milli, stays: fc.boolean() })), (containers, inits) => {
        const spec = {
          containers: containers.map((m) => c({ cpu: `${m}m` })),
          initContainers: inits.map(({ cpu, stays }) => (stays ? sidecar({ cpu: `${cpu}m` }) : c({ cpu: `${cpu}m` }))),
        };
        const { cpu } = read(spec);
        const stay = inits.filter((i) => i.stays).reduce((sum, i) => sum + i.cpu, 0);
        expect(cpu).toBeGreaterThanOrEqual(containers.reduce((sum, m) => sum + m, 0) + stay);
        for (const init of inits) expect(cpu).toBeGreaterThanOrEqual(init.cpu);
        // and never more than if all ran at once
        expect(cpu).toBeLessThanOrEqual(containers.reduce((a, b) => a + b, 0) + inits.reduce((a, b) => a + b.cpu, 0));
      }),
    );
  });
});
