import type { Member, Shape } from './aws-shapes.ts';

type Tree = Map<string, Tree | string>;

/** How lists are numbered: EC2 `Filter.1`, the other query services `Filters.member.1`. */
export type Numbering = 'ec2' | 'member';

/** A form body as the object that the caller meant; all that its description does not allow is a complaint. */
export function readQuery(
  form: URLSearchParams,
  shape: Shape,
  numbering: Numbering,
  complain: (what: string) => void,
): Readonly<Record<string, unknown>> {
  const tree: Tree = new Map();
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    const path = key.split('.');
    const last = path.pop() ?? '';
    let at = tree;
    for (const part of path) {
      const next = at.get(part);
      const child: Tree = next instanceof Map ? next : new Map();
      if (typeof next === 'string') complain(`${key} is both a value and a structure`);
      at.set(part, child);
      at = child;
    }
    at.set(last, value);
  }
  const read = valueOf(tree, shape, '', numbering, complain);
  return (read ?? {}) as Readonly<Record<string, unknown>>;
}

function valueOf(
  node: Tree | string,
  shape: Shape,
  at: string,
  numbering: Numbering,
  complain: (what: string) => void,
): unknown {
  if (shape.kind === 'structure') {
    if (typeof node === 'string') {
      if (node !== '') complain(`${at} is a text and should be ${shape.name}`);
      return {};
    }
    return structure(node, shape, at, numbering, complain);
  }
  if (shape.kind === 'list') {
    if (typeof node === 'string') {
      if (node !== '') complain(`${at} is a text and should be a list`);
      return [];
    }
    const items = numbering === 'member' ? node.get('member') : node;
    if (!(items instanceof Map)) {
      complain(`${at} is not numbered as a list`);
      return [];
    }
    const numbers = [...items.keys()];
    if (numbers.some((n, i) => n !== String(i + 1))) complain(`${at} is not numbered from 1 on: ${numbers.join(', ')}`);
    const of: Member = shape.of();
    return [...items.values()].map((item, i) => valueOf(item, of.shape(), `${at}.${i + 1}`, numbering, complain));
  }
  if (typeof node !== 'string') {
    complain(`${at} is a structure and should be a ${shape.kind}`);
    return undefined;
  }
  if (shape.kind === 'number') {
    if (!/^-?\d+(?:\.\d+)?$/.test(node)) complain(`${at} is no number: ${node}`);
    return Number(node);
  }
  if (shape.kind === 'boolean') {
    if (node !== 'true' && node !== 'false') complain(`${at} is neither true nor false: ${node}`);
    return node === 'true';
  }
  if (shape.kind === 'timestamp') {
    if (Number.isNaN(Date.parse(node))) complain(`${at} is no time: ${node}`);
    return new Date(node);
  }
  return node;
}

function structure(
  node: Tree,
  shape: Shape & { kind: 'structure' },
  at: string,
  numbering: Numbering,
  complain: (what: string) => void,
): Record<string, unknown> {
  const byName = new Map([...shape.members].map(([name, member]) => [member.sent, { name, member }]));
  const read: Record<string, unknown> = {};
  for (const [key, child] of node) {
    const known = byName.get(key);
    if (!known) complain(`${at === '' ? key : `${at}.${key}`} is no member of ${shape.name || 'the request'}`);
    else read[known.name] = valueOf(child, known.member.shape(), at === '' ? key : `${at}.${key}`, numbering, complain);
  }
  for (const name of shape.required)
    if (read[name] === undefined) complain(`${at === '' ? '' : `${at}.`}${name} is required`);
  return read;
}
