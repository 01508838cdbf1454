import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Fault } from './fault.ts';

/** Most values once every alias is written out: far above any fleet, far below what a bomb unfolds to. */
const MOST_VALUES = 100_000;

/** Longest text of one field, a query. Patterns that check a text may take time in the square of its length. */
const LONGEST_TEXT = 4000;

export interface Plain {
  /** strings, numbers, booleans, null, arrays and objects, nothing else */
  readonly value: unknown;
  /** what each alias stands for */
  readonly aliases: ReadonlyMap<Alias, Node>;
  readonly faults: readonly Fault[];
}

/**
 * A YAML document as plain data, each alias written out. Keys that would be ambiguous or dangerous as keys of an
 * object are faults: said twice, not a word, or `__proto__`.
 */
export function plainOf(document: Document): Plain {
  const walk = new Walk();
  const value = walk.node(document.contents);
  return { value, aliases: walk.aliases, faults: walk.faults };
}

class Walk {
  readonly aliases = new Map<Alias, Node>();
  readonly faults: Fault[] = [];
  private readonly anchors = new Map<string, Node>();
  /** nodes on the way down to where the walk is: an alias to one of them goes in a circle */
  private readonly open = new Set<unknown>();
  /** the outermost alias that is being written out */
  private unfolding: Alias | undefined;
  private values = 0;
  private full = false;

  node(node: unknown): unknown {
    if (this.full) return null;
    if (++this.values > MOST_VALUES) {
      this.full = true;
      const problem = 'its aliases unfold to more values than a fleet file may have';
      this.fault(this.unfolding ?? node, problem, 'write the values out');
      return null;
    }
    if (isAlias(node)) return this.alias(node);
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    }
    if (isScalar(node)) return this.scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    this.open.add(node);
    const value = isMap(node) ? this.map(node) : this.list(node);
    this.open.delete(node);
    return value;
  }

  private scalar(scalar: Scalar): unknown {
    if (typeof scalar.value === 'string' && scalar.value.length > LONGEST_TEXT) {
      this.fault(scalar, `longer than ${LONGEST_TEXT} characters`, 'write less: no field needs as much');
      return '';
    }
    return scalar.value;
  }

  private alias(alias: Alias): unknown {
    const target = this.anchors.get(alias.source);
    if (target === undefined) {
      this.fault(alias, `no anchor &${alias.source} stands before it`, 'set the anchor before it is used');
      return null;
    }
    if (this.open.has(target)) {
      this.fault(alias, `it stands inside &${alias.source} itself`, 'write the value out');
      return null;
    }
    this.aliases.set(alias, target);
    const outer = this.unfolding;
    this.unfolding ??= alias;
    const value = this.node(target);
    this.unfolding = outer;
    return value;
  }

  private list(list: YAMLSeq): unknown[] {
    return list.items.map((item) => this.node(item));
  }

  private map(map: YAMLMap): Record<string, unknown> {
    const plain: Record<string, unknown> = {};
    for (const { key, value } of map.items) {
      const name = this.key(key, plain);
      const inner = this.node(value);
      if (name !== undefined) plain[name] = inner;
    }
    return plain;
  }

  private key(key: unknown, taken: object): string | undefined {
    const name = keyName(key);
    if (name === undefined) {
      this.fault(key, 'this key is not a word', 'write a name before the colon');
    } else if (name === '__proto__') {
      this.fault(key, 'no field can be called __proto__', 'give it another name');
      return undefined;
    } else if (Object.hasOwn(taken, name)) {
      this.fault(key, `${name} is stated twice`, 'keep one of the two');
      return undefined;
    }
    return name;
  }

  private fault(node: unknown, problem: string, remedy: string): void {
    this.faults.push({ offset: startOf(node), problem, remedy });
  }
}

/** The key as the name of a field; undefined when it is empty or a collection. */
export function keyName(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function startOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[0] ?? 0;
}
