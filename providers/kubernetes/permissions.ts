import type { Permission } from '../../src/ports.ts';
import { ACCESS_REVIEWS, apiName, BUDGETS, NODES, PODS, type Resource, type Verb } from './api.ts';
import { deploymentsOf, machinesOf } from './machine-deployments.ts';

/** A permission as the API server is asked whether it is granted. */
export interface Rule extends Permission {
  readonly verb: Verb;
  readonly group: string;
  readonly resource: string;
  readonly sub?: string;
  /** asked of a cluster by its provider; the others when its nodes and pods are followed */
  readonly of: 'pools' | 'cluster';
}

const rule = (
  of: Rule['of'],
  needed: Permission['needed'],
  verb: Verb,
  { group, plural, version }: Resource,
  why: string,
  sub?: string,
): Rule => {
  const permission = apiName(verb, { group, plural, version }, sub);
  return {
    permission,
    needed,
    why,
    calls: [permission],
    verb,
    group,
    resource: plural,
    ...(sub !== undefined && { sub }),
    of,
  };
};

const DEPLOYMENTS = deploymentsOf('v1beta1');
const MACHINES = machinesOf('v1beta1');
const workload = (plural: string): Resource => ({ group: 'apps', version: 'v1', plural });

/** Versions do not matter to a ClusterRole. What a server tells everybody of itself needs none. */
export const PERMISSIONS: readonly Rule[] = [
  rule('cluster', 'read', 'list', NODES, 'see the nodes and what they have room for'),
  rule('cluster', 'read', 'watch', NODES, 'follow the nodes'),
  rule('cluster', 'read', 'list', PODS, 'count what the pods ask for, and see those that wait'),
  rule('cluster', 'read', 'watch', PODS, 'follow the pods'),
  rule('cluster', 'read', 'list', BUDGETS, 'know which pods a disruption budget speaks for'),
  rule('cluster', 'read', 'watch', BUDGETS, 'follow the disruption budgets'),
  rule('cluster', 'scale', 'patch', NODES, 'close a node to new pods before it is drained, and open it again'),
  rule('cluster', 'scale', 'create', PODS, 'ask pods to leave a node, within their budgets', 'eviction'),
  ...['deployments', 'statefulsets', 'replicasets'].flatMap((plural) => [
    rule('cluster', 'optional', 'get', workload(plural), 'read the replicas of a service that is scaled', 'scale'),
    rule('cluster', 'scale', 'update', workload(plural), 'set the replicas of a service that asks for it', 'scale'),
  ]),
  rule('pools', 'read', 'list', DEPLOYMENTS, 'find the pools and their sizes'),
  rule('pools', 'read', 'list', MACHINES, 'see each pool’s machines'),
  rule('pools', 'read', 'get', DEPLOYMENTS, 'read a pool before it is changed'),
  rule('pools', 'scale', 'patch', DEPLOYMENTS, 'note on a pool which order changes it'),
  rule('pools', 'scale', 'update', DEPLOYMENTS, 'set a pool’s size', 'scale'),
  rule('pools', 'scale', 'patch', MACHINES, 'mark the machines that are to go'),
  rule('pools', 'open', 'create', DEPLOYMENTS, 'open pools from templates'),
  rule('pools', 'optional', 'create', ACCESS_REVIEWS, 'ask what is granted; every identity may, by system:basic-user'),
];

/** The ClusterRole that grants what these needs take. */
export const policyDocument = (needs: readonly Permission['needed'][]): string =>
  clusterRole(
    PERMISSIONS.filter(({ needed }) => needs.includes(needed)),
    needs.includes('scale') || needs.includes('open') ? 'godwit-apply' : 'godwit-read',
  );

/** The ClusterRole that grants these permissions and no others. */
export const grant = (permissions: readonly string[]): string =>
  clusterRole(
    PERMISSIONS.filter(({ permission }) => permissions.includes(permission)),
    'godwit-missing',
  );

/** Kubernetes cannot narrow a ClusterRole to labelled objects; a Role in the pools' namespace is as narrow as it gets. */
function clusterRole(rules: readonly Rule[], name: string): string {
  const merged = new Map<
    string,
    { readonly group: string; readonly resource: string; readonly verbs: string[]; readonly why: string[] }
  >();
  for (const { group, resource, sub, verb, why } of rules) {
    const full = sub === undefined ? resource : `${resource}/${sub}`;
    const key = `${group}/${full}`;
    const entry = merged.get(key) ?? { group, resource: full, verbs: [], why: [] };
    merged.set(key, entry);
    entry.verbs.push(verb);
    entry.why.push(why);
  }
  const lines = [...merged.values()].flatMap(({ group, resource, verbs, why }) => [
    ...why.map((reason) => `  # ${reason}`),
    `  - apiGroups: ['${group}']`,
    `    resources: ['${resource}']`,
    `    verbs: [${verbs.map((verb) => `'${verb}'`).join(', ')}]`,
  ]);
  const rulesAre = lines.length === 0 ? ['rules: []'] : ['rules:', ...lines];
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    `  name: ${name}`,
    ...rulesAre,
    '',
  ].join('\n');
}
