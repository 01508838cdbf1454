import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measured, type MeasuredNode } from '../../src/catalog/measured.ts';
import { mib, milliCores } from '../../src/units.ts';
import { offeringOf } from '../plan/world.ts';

const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
const node = (cores: number, gib: number, more: Partial<MeasuredNode> = {}): MeasuredNode => ({
  place: 'aws/us-east-1',
  type: 'm7i.xlarge',
  allocatable: { cpu: milliCores(cores * 1000), memory: mib(gib * 1024), pods: 58 },
  daemons: { cpu: milliCores(250), memory: mib(400), pods: 6 },
  ...more,
});

describe('offerings of types whose nodes are seen', () => {
  it('have what the kubelet offers, and say that it was measured', () => {
    const [seen] = measured([offering], [node(3.92, 14.2)]);
    expect(seen).toMatchObject({ allocatableBasis: 'measured', allocatable: { cpu: 3920, pods: 58 } });
    expect(seen?.daemons).toEqual({ cpu: 250, memory: 400, pods: 6 });
  });

  it('have of several nodes the least room and the most daemons, resource by resource', () => {
    const busy = { cpu: milliCores(400), memory: mib(300), pods: 7, devices: { 'example.com/nic': 1 } };
    const [seen] = measured([offering], [node(3.92, 14), node(3.9, 15, { daemons: busy })]);
    expect(seen?.allocatable).toEqual({ cpu: 3900, memory: 14 * 1024, pods: 58 });
    expect(seen?.daemons).toEqual({ cpu: 400, memory: 400, pods: 7, devices: { 'example.com/nic': 1 } });
  });

  it('keep their devices where one node of several has lost its driver', () => {
    const room = { cpu: milliCores(3900), memory: mib(14 * 1024), pods: 58 };
    const sound = node(3.9, 14, { allocatable: { ...room, devices: { 'nvidia.com/gpu': 4 } } });
    const sick = node(3.9, 14, { allocatable: { ...room, devices: { 'nvidia.com/gpu': 0 } } });
    const bare = node(3.9, 14, { allocatable: room });
    for (const nodes of [
      [sound, sick, bare],
      [bare, sick, sound],
    ]) {
      expect(measured([offering], nodes)[0]?.allocatable).toEqual({ ...room, devices: { 'nvidia.com/gpu': 4 } });
    }
  });

  it.each([
    ['another type', { type: 'm7i.large' }],
    ['another region', { place: 'aws/us-west-2' }],
    ['another cloud', { place: 'gcp/us-east-1' }],
  ])('are as they were where only %s was seen', (_why, other) => {
    expect(measured([offering], [node(1, 1, other)])).toEqual([offering]);
  });

  it('do not depend on the order in which nodes are seen', () => {
    const nodes = fc.array(
      fc
        .record({ cores: fc.integer({ min: 1, max: 8 }), gib: fc.integer({ min: 1, max: 32 }) })
        .map((n) => node(n.cores, n.gib)),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(nodes, (some) => {
        expect(measured([offering], some.toReversed())).toEqual(measured([offering], some));
      }),
    );
  });
});
