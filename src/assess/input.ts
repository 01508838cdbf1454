import type { Trouble } from '../trouble.ts';
import { documentsOf, type Source } from './documents.ts';
import { isObject, labelsAt, listAt, member, shown, textAt } from '../manifest/json.ts';

/** An object of the cluster as it stood in the input. */
export interface Item {
  readonly file: string;
  /** `items[12]`, or absent for an object that stood alone */
  readonly at: string;
  readonly value: unknown;
}

/** What the input holds, by kind. */
export interface Objects {
  readonly nodes: readonly Item[];
  readonly pods: readonly Item[];
  readonly claims: readonly Item[];
  readonly volumes: readonly Item[];
  readonly budgets: readonly Item[];
  /** namespace → its labels */
  readonly namespaces: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Deployments and StatefulSets: how many replicas they want */
  readonly controllers: readonly Item[];
  /** kind → items left aside because nothing here depends on them */
  readonly ignored: ReadonlyMap<string, number>;
}

const KINDS = new Map([
  ['Node', 'nodes'],
  ['Pod', 'pods'],
  ['PersistentVolumeClaim', 'claims'],
  ['PersistentVolume', 'volumes'],
  ['PodDisruptionBudget', 'budgets'],
  ['Deployment', 'controllers'],
  ['StatefulSet', 'controllers'],
] as const);

/**
 * Sorts what kubectl printed by kind. The same object in two files counts once; two of one name are two clusters. With
 * troubles the objects are those that could be read all the same, so that their own troubles can be told too.
 */
export function objectsOf(sources: readonly Source[]): {
  readonly objects: Objects;
  readonly troubles: readonly Trouble[];
} {
  const troubles: Trouble[] = [];
  const found = {
    nodes: [] as Item[],
    pods: [] as Item[],
    claims: [] as Item[],
    volumes: [] as Item[],
    budgets: [] as Item[],
    controllers: [] as Item[],
  };
  const namespaces = new Map<string, ReadonlyMap<string, string>>();
  const ignored = new Map<string, number>();
  const seen = new Map<string, string>();

  for (const source of sources) {
    const documents = documentsOf(source);
    if (!documents.ok) {
      troubles.push(...documents.troubles);
      continue;
    }
    for (const [kind, item] of itemsOf(source.file, documents.value, troubles)) {
      const name = textAt(item.value, 'metadata', 'name');
      if (name === undefined || name === '') {
        troubles.push(withoutName(item, kind));
        continue;
      }
      const room = KINDS.get(kind as 'Node');
      if (room && !alreadySeen(seen, kind, item, troubles)) found[room].push(item);
      else if (kind === 'Namespace') namespaces.set(name, labelsAt(item.value, 'metadata', 'labels'));
      else if (!room) ignored.set(kind, (ignored.get(kind) ?? 0) + 1);
    }
  }
  const objects = { ...found, namespaces, ignored };
  if (troubles.length === 0) troubles.push(...missing(objects, sources));
  return { objects, troubles };
}

function* itemsOf(
  file: string,
  documents: readonly unknown[],
  troubles: Trouble[],
): Generator<readonly [kind: string, item: Item]> {
  for (const document of documents) {
    const kind = textAt(document, 'kind') ?? '';
    if (kind === 'Status') {
      const value = textAt(document, 'message') ?? shown(document);
      troubles.push({ file, value, problem: 'the API server refused', remedy: 'repair that first, then run it again' });
    } else if (Array.isArray(document) || kind === 'List' || kind.endsWith('List')) {
      const items: readonly unknown[] = Array.isArray(document) ? document : listAt(document, 'items');
      // items of a NodeList or PodList carry no kind of their own
      const own = kind === 'List' ? '' : kind.replace(/List$/, '');
      for (const [i, value] of items.entries()) {
        yield* oneItem({ file, at: `items[${i}]`, value }, textAt(value, 'kind') ?? own, troubles);
      }
    } else yield* oneItem({ file, at: '', value: document }, kind, troubles);
  }
}

function* oneItem(item: Item, kind: string, troubles: Trouble[]): Generator<readonly [kind: string, item: Item]> {
  if (isObject(item.value) && kind !== '') yield [kind, item];
  else {
    troubles.push({
      file: item.file,
      ...(item.at === '' ? {} : { at: item.at }),
      value: shown(item.value),
      problem: isObject(item.value) ? 'it has no kind' : 'it is not a Kubernetes object',
      remedy: 'hand over what kubectl get nodes,pods -A -o json prints, unchanged',
    });
  }
}

function withoutName(item: Item, kind: string): Trouble {
  const problem = member(item.value, 'metadata') === undefined ? 'it has no metadata' : 'it has no metadata.name';
  const at = item.at === '' ? kind : `${item.at} (${kind})`;
  return { file: item.file, at, problem, remedy: 'hand over what kubectl get -o json prints, unchanged' };
}

function alreadySeen(seen: Map<string, string>, kind: string, item: Item, troubles: Trouble[]): boolean {
  const namespace = textAt(item.value, 'metadata', 'namespace') ?? '';
  const name = textAt(item.value, 'metadata', 'name') ?? '';
  const key = `${kind} ${namespace}/${name}`;
  const uid = textAt(item.value, 'metadata', 'uid') ?? '';
  const before = seen.get(key);
  if (before === undefined) {
    seen.set(key, uid);
    return false;
  }
  if (before !== uid) {
    troubles.push({
      file: item.file,
      at: item.at,
      value: namespace === '' ? name : `${namespace}/${name}`,
      problem: `two different ${kind} objects have this name, so this is more than one cluster, or the same at two times`,
      remedy: 'assess one cluster at a time, from one moment',
    });
  }
  return true;
}

function missing(objects: Objects, sources: readonly Source[]): Trouble[] {
  const file = sources.map((s) => s.file).join(', ');
  const rest = [...objects.ignored].map(([kind, n]) => `${n} ${kind}`).join(', ');
  const only = rest === '' ? '' : ` (it holds ${rest})`;
  if (objects.nodes.length === 0) {
    return [
      {
        file,
        problem: `there are no nodes in it${only}`,
        remedy: 'ask for both: kubectl get nodes,pods -A -o json; a role that may list nodes is needed',
      },
    ];
  }
  if (objects.pods.length > 0) return [];
  return [
    { file, problem: `there are no pods in it${only}`, remedy: 'ask for both: kubectl get nodes,pods -A -o json' },
  ];
}
