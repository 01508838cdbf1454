import { existsSync, readFileSync } from 'node:fs';

/** What may stand in a request or an answer, as AWS describes it. */
export type Shape =
  | {
      readonly kind: 'structure';
      readonly name: string;
      readonly members: ReadonlyMap<string, Member>;
      readonly required: readonly string[];
    }
  | { readonly kind: 'list'; readonly of: () => Member }
  | { readonly kind: 'map'; readonly of: () => Member }
  | { readonly kind: 'string' | 'number' | 'boolean' | 'anything' }
  | { readonly kind: 'timestamp'; readonly format: 'iso' | 'epoch' };

export interface Member {
  readonly shape: () => Shape;
  /** in a query: `Filter`; in XML: `filterSet` or `item` */
  readonly sent: string;
  readonly answered: string;
  /** in a REST request: its place in the path, or its name in the query */
  readonly label?: boolean;
  readonly query?: string;
}

export interface Operation {
  readonly name: string;
  readonly http?: { readonly method: string; readonly path: string };
  readonly input: Shape;
  readonly output: Shape;
}

type Names = 'ec2' | 'plain';

/** The descriptions that an SDK package carries itself and is run by. */
export function operationsOf(sdk: Readonly<Record<string, unknown>>, names: Names): ReadonlyMap<string, Operation> {
  const known = new Map<unknown, Shape>();
  const found = new Map<string, Operation>();
  for (const value of Object.values(sdk)) {
    if (!Array.isArray(value) || value[0] !== 9) continue;
    const [, , name, traits, input, output] = value as [
      9,
      string,
      string,
      { http?: [string, string] } | 0,
      unknown,
      unknown,
    ];
    const http = traits === 0 ? undefined : traits.http;
    found.set(name, {
      name,
      ...(http && { http: { method: http[0], path: http[1] } }),
      input: shapeOf(input, names, known),
      output: shapeOf(output, names, known),
    });
  }
  return found;
}

type Traits =
  | { readonly xmlName?: string; readonly ec2QueryName?: string; readonly httpQuery?: string; readonly httpLabel?: 1 }
  | number
  | undefined;

/** A reference: a code, a description, a function that gives one, or one of these with traits. */
function shapeOf(ref: unknown, names: Names, known: Map<unknown, Shape>): Shape {
  const target = resolved(ref);
  if (target === 'unit') return { kind: 'structure', name: 'nothing', members: new Map(), required: [] };
  if (typeof target === 'number') return scalar(target, names, known);
  const seen = known.get(target);
  if (seen) return seen;
  if (!Array.isArray(target)) throw new Error(`no description: ${String(target)}`);
  const [code, , name] = target as [number, string, string];
  switch (code) {
    case 1:
      return remember(known, target, { kind: 'list', of: () => memberOf('', target[4], names, known) });
    case 2:
      return remember(known, target, { kind: 'map', of: () => memberOf('', target[5], names, known) });
    case 0:
      return shapeOf(target[4], names, known);
    default: {
      const own = (target[4] ?? []) as string[];
      const refs = (target[5] ?? []) as unknown[];
      const members = new Map(own.map((member, i) => [member, memberOf(member, refs[i], names, known)]));
      return remember(known, target, {
        kind: 'structure',
        name,
        members,
        required: own.slice(0, (target[6] as number | undefined) ?? 0),
      });
    }
  }
}

function remember(known: Map<unknown, Shape>, key: unknown, shape: Shape): Shape {
  known.set(key, shape);
  return shape;
}

function resolved(ref: unknown): unknown {
  let target = ref;
  for (;;) {
    if (typeof target === 'function') target = (target as () => unknown)();
    else if (Array.isArray(target) && target.length === 2) [target] = target as [unknown];
    else return target;
  }
}

function scalar(code: number, names: Names, known: Map<unknown, Shape>): Shape {
  if (code & 128) return { kind: 'map', of: () => memberOf('', code & 63, names, known) };
  if (code & 64) return { kind: 'list', of: () => memberOf('', code & 63, names, known) };
  if (code === 1 || code === 17 || code === 19) return { kind: 'number' };
  if (code === 2) return { kind: 'boolean' };
  if (code === 5) return { kind: 'timestamp', format: 'iso' };
  if (code === 4 || code === 7) return { kind: 'timestamp', format: 'epoch' };
  return { kind: code === 15 ? 'anything' : 'string' };
}

function memberOf(name: string, ref: unknown, names: Names, known: Map<unknown, Shape>): Member {
  const traits: Traits = Array.isArray(ref) && ref.length === 2 ? (ref[1] as Traits) : undefined;
  const { xmlName, ec2QueryName, httpQuery, httpLabel } = typeof traits === 'object' ? traits : {};
  const plain = xmlName ?? name;
  const label = httpLabel === 1 || (typeof traits === 'number' && (traits & 1) === 1);
  return {
    shape: () => shapeOf(ref, names, known),
    sent: names === 'ec2' ? (ec2QueryName ?? capital(plain)) : plain,
    answered: plain,
    ...(label && { label }),
    ...(httpQuery !== undefined && { query: httpQuery }),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A second opinion on requests: AWS's own models of 2024, which nothing of the SDK in use was made from. */
export function modelInputs(file: string, names: Names): ReadonlyMap<string, Shape> | undefined {
  const path = new URL(`../../../shared/data/specs/aws/${file}`, import.meta.url);
  if (!existsSync(path)) return undefined;
  const model = JSON.parse(readFileSync(path, 'utf8')) as Model;
  const known = new Map<unknown, Shape>();
  return new Map(
    Object.entries(model.operations).map(([name, op]) => [
      name,
      modelShape(op.input ?? { type: 'structure', members: {} }, model, names, known),
    ]),
  );
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: ModelShape }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}
interface ModelShape {
  readonly type?: string;
  readonly shape?: string;
  readonly members?: Readonly<Record<string, ModelShape>>;
  readonly required?: readonly string[];
  readonly member?: ModelShape;
  readonly value?: ModelShape;
  readonly locationName?: string;
  readonly queryName?: string;
  readonly location?: string;
}

function modelShape(ref: ModelShape, model: Model, names: Names, known: Map<unknown, Shape>): Shape {
  const target = ref.shape === undefined ? ref : (model.shapes[ref.shape] ?? ref);
  const seen = known.get(target);
  if (seen) return seen;
  switch (target.type ?? 'string') {
    case 'structure': {
      const members = new Map<string, Member>();
      const shape: Shape = { kind: 'structure', name: ref.shape ?? '', members, required: target.required ?? [] };
      known.set(target, shape);
      for (const [name, member] of Object.entries(target.members ?? {}))
        members.set(name, modelMember(name, member, model, names, known));
      return shape;
    }
    case 'list':
      return { kind: 'list', of: () => modelMember('', target.member ?? {}, model, names, known) };
    case 'map':
      return { kind: 'map', of: () => modelMember('', target.value ?? {}, model, names, known) };
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'timestamp':
      return { kind: 'timestamp', format: 'iso' };
    default:
      return { kind: 'string' };
  }
}

function modelMember(name: string, ref: ModelShape, model: Model, names: Names, known: Map<unknown, Shape>): Member {
  const plain = ref.locationName ?? name;
  return {
    shape: () => modelShape(ref, model, names, known),
    sent: names === 'ec2' ? (ref.queryName ?? capital(plain)) : plain,
    answered: plain,
    ...(ref.location === 'uri' && { label: true }),
    ...(ref.location === 'querystring' && { query: plain }),
  };
}
