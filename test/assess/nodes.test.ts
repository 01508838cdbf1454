import { describe, expect, it } from 'vitest';
import { nodesOf, type ClusterNode } from '../../src/assess/nodes.ts';
import { pricing } from '../../src/assess/prices.ts';
import { node, type NodeSpec } from '../support/kube.ts';
import { priceLists } from '../support/price-lists.ts';

function read(spec: Omit<NodeSpec, 'name'> & { readonly name?: string }): ClusterNode {
  const [found] = nodesOf([{ file: 'f', at: 'items[0]', value: node({ name: 'n', ...spec }) }], []);
  if (!found) throw new Error('no node');
  return found;
}

const WHERE = { 'topology.kubernetes.io/region': 'eu-west-1', 'topology.kubernetes.io/zone': 'eu-west-1b' };

describe('which offering a node was bought as', () => {
  const rows: readonly (readonly [why: string, spec: Omit<NodeSpec, 'name'>, is: Partial<ClusterNode>])[] = [
    [
      'an EKS managed node group',
      {
        providerID: 'aws:///eu-west-1b/i-0abc',
        labels: {
          ...WHERE,
          'node.kubernetes.io/instance-type': 'm5.large',
          'eks.amazonaws.com/capacityType': 'ON_DEMAND',
          'kubernetes.io/arch': 'amd64',
        },
      },
      {
        provider: 'aws',
        region: 'eu-west-1',
        zone: 'eu-west-1b',
        type: 'm5.large',
        purchase: 'on-demand',
        purchaseKnown: true,
        arch: 'amd64',
      },
    ],
    [
      'EKS on spot',
      {
        labels: { ...WHERE, 'node.kubernetes.io/instance-type': 'm5.large', 'eks.amazonaws.com/capacityType': 'SPOT' },
      },
      { provider: 'aws', purchase: 'spot' },
    ],
    [
      'Karpenter on AWS, arm64',
      {
        labels: {
          ...WHERE,
          'node.kubernetes.io/instance-type': 'm7g.large',
          'karpenter.sh/capacity-type': 'spot',
          'kubernetes.io/arch': 'arm64',
        },
      },
      { provider: 'aws', purchase: 'spot', purchaseKnown: true, arch: 'arm64' },
    ],
    [
      'Karpenter on a capacity reservation, which is billed as on-demand',
      {
        labels: { ...WHERE, 'node.kubernetes.io/instance-type': 'm5.large', 'karpenter.sh/capacity-type': 'reserved' },
      },
      { purchase: 'on-demand', purchaseKnown: true },
    ],
    [
      'the old beta labels alone',
      {
        providerID: 'aws:///eu-west-1a/i-0abc',
        labels: {
          'beta.kubernetes.io/instance-type': 'm5.large',
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'failure-domain.beta.kubernetes.io/region': 'eu-west-1',
          'failure-domain.beta.kubernetes.io/zone': 'eu-west-1a',
        },
      },
      {
        provider: 'aws',
        region: 'eu-west-1',
        zone: 'eu-west-1a',
        type: 'm5.large',
        arch: 'amd64',
        os: 'linux',
        purchaseKnown: false,
      },
    ],
    [
      'self-managed with a provider id and a type, but no place: the zone stands in the id',
      { providerID: 'aws:///us-east-1c/i-0abc', labels: { 'node.kubernetes.io/instance-type': 'm5.large' } },
      { provider: 'aws', region: 'us-east-1', zone: 'us-east-1c', purchase: 'on-demand', purchaseKnown: false },
    ],
    [
      'kOps with a spot price set',
      {
        labels: {
          ...WHERE,
          'node.kubernetes.io/instance-type': 'm5.large',
          'node-role.kubernetes.io/spot-worker': 'true',
        },
      },
      { provider: 'aws', purchase: 'spot', purchaseKnown: true },
    ],
    [
      'the label of the spot termination handler',
      { labels: { ...WHERE, 'node-lifecycle': 'spot' } },
      { purchase: 'spot' },
    ],
    ['another habit of self-managed groups', { labels: { ...WHERE, lifecycle: 'Ec2Spot' } }, { purchase: 'spot' }],
    [
      'AKS in a zone',
      {
        providerID:
          'azure:///subscriptions/0/resourceGroups/mc/providers/Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/0',
        labels: {
          'topology.kubernetes.io/region': 'westeurope',
          'topology.kubernetes.io/zone': 'westeurope-2',
          'node.kubernetes.io/instance-type': 'Standard_D4s_v5',
          'kubernetes.azure.com/mode': 'user',
        },
      },
      {
        provider: 'azure',
        region: 'westeurope',
        zone: '2',
        type: 'Standard_D4s_v5',
        purchase: 'on-demand',
        purchaseKnown: true,
      },
    ],
    [
      'AKS in no zone: the label is a fault domain',
      {
        labels: {
          'topology.kubernetes.io/region': 'westeurope',
          'topology.kubernetes.io/zone': '1',
          'kubernetes.azure.com/mode': 'user',
          'node.kubernetes.io/instance-type': 'Standard_D4s_v5',
        },
      },
      { provider: 'azure', zone: '' },
    ],
    [
      'AKS spot',
      {
        labels: {
          'kubernetes.azure.com/scalesetpriority': 'spot',
          'node.kubernetes.io/instance-type': 'Standard_D4s_v5',
        },
      },
      { provider: 'azure', purchase: 'spot' },
    ],
    [
      'GKE',
      {
        providerID: 'gce://project/europe-west4-a/gke-x',
        labels: {
          'topology.kubernetes.io/region': 'europe-west4',
          'topology.kubernetes.io/zone': 'europe-west4-a',
          'node.kubernetes.io/instance-type': 'e2-standard-4',
          'cloud.google.com/gke-provisioning': 'standard',
        },
      },
      { provider: 'gcp', region: 'europe-west4', zone: 'europe-west4-a', purchase: 'on-demand', purchaseKnown: true },
    ],
    ['GKE spot', { labels: { 'cloud.google.com/gke-spot': 'true' } }, { provider: 'gcp', purchase: 'spot' }],
    [
      'GKE preemptible',
      { labels: { 'cloud.google.com/gke-preemptible': 'true' } },
      { provider: 'gcp', purchase: 'spot' },
    ],
    [
      'GKE by its provisioning label alone',
      { labels: { 'cloud.google.com/gke-provisioning': 'spot' } },
      { purchase: 'spot' },
    ],
    [
      'GKE without a region label: the zone tells it',
      { labels: { 'topology.gke.io/zone': 'europe-west4-b', 'cloud.google.com/gke-nodepool': 'p' } },
      { provider: 'gcp', region: 'europe-west4', zone: 'europe-west4-b' },
    ],
    [
      'nothing but a type spelled the AWS way',
      { labels: { 'node.kubernetes.io/instance-type': 'c6a.large' } },
      { provider: 'aws' },
    ],
    [
      'nothing but a type spelled the Azure way',
      { labels: { 'node.kubernetes.io/instance-type': 'Standard_F8s_v2' } },
      { provider: 'azure' },
    ],
    [
      'nothing but a type spelled the GCP way',
      { labels: { 'node.kubernetes.io/instance-type': 'n2d-standard-8' } },
      { provider: 'gcp' },
    ],
  ];
  it.each(rows)('reads %s', (_why, spec, is) => {
    expect(read(spec)).toMatchObject(is);
  });
});

describe('state of a node', () => {
  it('is told by conditions, spec, roles and annotations', () => {
    expect(read({ ready: false })).toMatchObject({ ready: false, cordoned: false, controlPlane: false });
    expect(read({ unschedulable: true }).cordoned).toBe(true);
    expect(read({ labels: { 'node-role.kubernetes.io/control-plane': '' } }).controlPlane).toBe(true);
    expect(read({ labels: { 'node-role.kubernetes.io/master': '' } }).controlPlane).toBe(true);
    expect(read({ annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }).held).toMatch(/do-not-disrupt/);
    expect(read({ annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' } }).held).toMatch(
      /scale-down/,
    );
    expect(read({ labels: { 'eks.amazonaws.com/compute-type': 'auto' } }).fee).toBe('EKS Auto Mode');
  });

  it('takes what it offers from its status', () => {
    const found = read({ allocatable: { cpu: '3920m', memory: '14880092Ki', pods: '58', 'nvidia.com/gpu': '1' } });
    expect(found.allocatable).toMatchObject({ cpu: 3920, memory: 14880092 / 1024 });
    expect(found.allocatable?.others.get('nvidia.com/gpu')).toBe(1);
    expect(found.mostPods).toBe(58);
    expect(read({}).allocatable).toBeUndefined();
  });
});

describe('the price of a node', () => {
  const price = pricing(priceLists());
  const labels = { ...WHERE, 'node.kubernetes.io/instance-type': 'm5.large', 'kubernetes.io/arch': 'amd64' };

  it('is that of its type, region and purchase', () => {
    expect(price(read({ labels }))).toMatchObject({ ok: true, offering: { price: { usdPerHour: 0.107 } } });
    const spot = price(read({ labels: { ...labels, 'karpenter.sh/capacity-type': 'spot' } }));
    expect(spot.ok && spot.offering.price.usdPerHour).toBeCloseTo(0.107 * 0.35, 6);
  });

  const none: readonly (readonly [why: string, spec: Omit<NodeSpec, 'name'> & { name?: string }, reason: RegExp])[] = [
    ['Fargate', { labels: { ...labels, 'eks.amazonaws.com/compute-type': 'fargate' } }, /billed by the pod/],
    ['a virtual node', { labels: { type: 'virtual-kubelet' } }, /billed by the pod/],
    ['GKE Autopilot', { name: 'gk3-cluster-pool-1', labels }, /Autopilot is billed by the pod/],
    ['Windows', { labels: { ...labels, 'kubernetes.io/os': 'windows' } }, /Windows licences/],
    [
      'kind on a laptop',
      { providerID: 'kind://docker/kind/kind-worker', labels },
      /provider, kind, is not in the catalog/,
    ],
    ['another cloud', { providerID: 'hcloud://12345', labels }, /provider, hcloud, is not/],
    ['a machine that nothing describes', { labels: {} }, /no label and no provider id/],
    ['no type', { providerID: 'aws:///eu-west-1a/i-1', labels: WHERE }, /no instance-type label/],
    [
      'a type that the list does not have',
      { labels: { ...labels, 'node.kubernetes.io/instance-type': 'm99.large' } },
      /has no type m99\.large/,
    ],
    [
      'a region that the list does not have',
      { labels: { ...labels, 'topology.kubernetes.io/region': 'mars-1' } },
      /has no region mars-1/,
    ],
  ];
  it.each(none)('is unknown for %s, and why is said', (_why, spec, reason) => {
    const answer = price(read(spec));
    expect(answer.ok ? '' : answer.reason).toMatch(reason);
  });

  it('names the nearest known, but never counts it', () => {
    const abroad = price(read({ labels: { ...labels, 'topology.kubernetes.io/region': 'eu-west-9' } }));
    expect(abroad).toMatchObject({ ok: false, nearest: { type: 'm5.large', region: 'eu-west-1' } });
    const allocatable = { cpu: '7910m', memory: '28Gi', pods: '58' };
    const unknown = price(
      read({ allocatable, labels: { ...labels, 'node.kubernetes.io/instance-type': 'm99.2xlarge' } }),
    );
    expect(unknown).toMatchObject({ ok: false, nearest: { type: 'm5.2xlarge' } });
  });
});
