import { createRequire } from 'node:module';

/**
 * Google's own descriptions, read apart from the adapter and from its transport: routes from the HTTP annotations, and
 * every field of requests and answers by the message types. Nothing of `providers/gcp` is used here.
 */
export interface Spec {
  /** undefined: no method has such a route */
  match(verb: string, path: string): Matched | undefined;
}

export interface Matched {
  /** as the vendor's references name it: `compute.instanceGroupManagers.resize` */
  readonly api: string;
  /** parts of the path by the name of their field */
  readonly path: Readonly<Record<string, string>>;
  /** what is wrong with a request, in words; empty = nothing */
  checkRequest(query: URLSearchParams, body: unknown): readonly string[];
  checkAnswer(answer: unknown): readonly string[];
}

interface Node {
  readonly nested?: Readonly<Record<string, Node>>;
  readonly methods?: Readonly<Record<string, MethodNode>>;
  readonly fields?: Readonly<Record<string, FieldNode>>;
  readonly values?: Readonly<Record<string, number>>;
}
interface FieldNode {
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}
interface MethodNode {
  readonly requestType: string;
  readonly responseType: string;
  readonly parsedOptions?: readonly Readonly<Record<string, unknown>>[];
}

const PACKS = [
  { module: '@google-cloud/compute', home: ['google', 'cloud', 'compute', 'v1'], name: 'compute' },
  { module: '@google-cloud/container', home: ['google', 'container', 'v1'], name: 'container' },
  { module: '@google-cloud/billing', home: ['google', 'cloud', 'billing', 'v1'], name: 'billing' },
] as const;

let known: Spec | undefined;

/** Read once for all tests of a process. */
export function googleSpec(): Spec {
  known ??= readSpec();
  return known;
}

interface Route {
  readonly verb: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly body: string | undefined;
  readonly api: string;
  readonly method: MethodNode;
  readonly types: Types;
}

function readSpec(): Spec {
  const routes: Route[] = [];
  for (const { module, home, name } of PACKS) {
    const root = createRequire(import.meta.url)(`${module}/build/protos/protos.json`) as Node;
    const types = typesOf(root, home);
    for (const [service, node] of Object.entries(types.home.nested ?? {})) {
      for (const [method, described] of Object.entries(node.methods ?? {})) {
        for (const rule of rulesOf(described))
          routes.push({ ...rule, api: apiOf(name, service, method), method: described, types });
      }
    }
  }
  return {
    match(verb, path) {
      for (const route of routes) {
        if (route.verb !== verb) continue;
        const found = route.pattern.exec(path);
        if (found) return matched(route, found);
      }
      return undefined;
    },
  };
}

function matched({ names, body, api, method, types }: Route, found: RegExpExecArray): Matched {
  const path = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')]));
  const fields = types.messageOf(method.requestType, types.home)?.fields ?? {};
  return {
    api,
    path,
    checkRequest(query, sent) {
      const wrong: string[] = [];
      for (const [key, value] of query) {
        if (STANDARD.has(key)) continue;
        const field = fields[key];
        if (!field) wrong.push(`${api} has no parameter ${key}`);
        else if (!isScalarText(field.type, value)) wrong.push(`${api}: ${key}=${value} is no ${field.type}`);
      }
      // Google's transport sends an empty text where there is no body
      if (body === undefined && sent !== undefined && sent !== '') wrong.push(`${api} takes no body`);
      const given = new Set([...names, ...query.keys()]);
      if (body === '*') {
        wrong.push(...types.check(method.requestType, sent ?? {}, api, types.home));
        for (const key of Object.keys(Object(sent ?? {}) as object)) given.add(key);
      } else if (body !== undefined) {
        const field = fields[body];
        if (field) wrong.push(...types.check(field.type, sent ?? {}, `${api} ${body}`, types.home));
        if (sent !== undefined) given.add(body);
      }
      for (const [key, field] of Object.entries(fields)) {
        if (field.options?.['(google.api.field_behavior)'] === 'REQUIRED' && !given.has(key)) {
          wrong.push(`${api} needs ${key}`);
        }
      }
      return wrong;
    },
    checkAnswer: (answer) => types.check(method.responseType, answer, `answer of ${api}`, types.home),
  };
}

/** Parameters that every method takes. */
const STANDARD: ReadonlySet<string> = new Set([
  'alt',
  '$alt',
  'fields',
  'key',
  'prettyPrint',
  '$prettyPrint',
  'quotaUser',
]);

const camel = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

function rulesOf({ parsedOptions }: MethodNode): readonly Pick<Route, 'verb' | 'pattern' | 'names' | 'body'>[] {
  const options = (parsedOptions ?? []).map((o) => o['(google.api.http)']).filter((o) => o !== undefined);
  return options.flatMap((option) => {
    const rule = option as Record<string, unknown>;
    const more = rule['additional_bindings'];
    return [rule, ...(Array.isArray(more) ? more : more ? [more] : [])].flatMap((r) =>
      ruleOf(r as Record<string, unknown>),
    );
  });
}

function ruleOf(rule: Record<string, unknown>): Pick<Route, 'verb' | 'pattern' | 'names' | 'body'>[] {
  const verb = ['get', 'post', 'put', 'patch', 'delete'].find((v) => typeof rule[v] === 'string');
  const template = verb === undefined ? undefined : rule[verb];
  if (verb === undefined || typeof template !== 'string') return [];
  const names: string[] = [];
  const pattern = template.replaceAll(
    /\{([^}=]+)(?:=([^}]+))?\}|([.$+?()[\]^|\\])/g,
    (_, name?: string, glob?: string, c?: string) => {
      if (name === undefined) return `\\${c}`;
      names.push(camel(name));
      return `(${(glob ?? '*').replaceAll('**', '.+').replaceAll('*', '[^/:]+')})`;
    },
  );
  const body = rule['body'];
  return [
    {
      verb: verb.toUpperCase(),
      pattern: new RegExp(`^${pattern}$`),
      names,
      body: typeof body === 'string' ? camel(body) : undefined,
    },
  ];
}

const CONTAINER: Readonly<Record<string, string>> = {
  ListClusters: 'clusters.list',
  GetNodePool: 'nodePools.get',
  SetNodePoolSize: 'nodePools.setSize',
  CreateNodePool: 'nodePools.create',
  GetOperation: 'operations.get',
};

function apiOf(pack: string, service: string, method: string): string {
  const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
  if (pack === 'compute') return `compute.${lower(service)}.${lower(method)}`;
  if (pack === 'container') return `container.${CONTAINER[method] ?? lower(method)}`;
  return method === 'ListSkus' ? 'billing.skus.list' : `billing.${lower(service)}.${lower(method)}`;
}

interface Types {
  readonly home: Node;
  messageOf(name: string, scope: Node): Node | undefined;
  check(type: string, value: unknown, at: string, scope: Node): readonly string[];
}

function typesOf(root: Node, path: readonly string[]): Types {
  const walk = (names: readonly string[]): Node => names.reduce<Node>((node, name) => node.nested?.[name] ?? {}, root);
  const home = walk(path);
  const find = (name: string, scope: Node): Node | undefined => {
    const parts = name.replace(/^\./, '').split('.');
    for (const start of [scope, home, root]) {
      let node: Node | undefined = start;
      for (const part of parts) node = node?.nested?.[part];
      if (node) return node;
    }
    return undefined;
  };
  const check = (type: string, value: unknown, at: string, scope: Node): readonly string[] => {
    if (type.startsWith('google.protobuf.')) return wellKnown(type, value) ? [] : [`${at} is no ${type}`];
    const node = find(type, scope);
    if (!node) return isScalar(type, value) ? [] : [`${at} is no ${type}: ${brief(value)}`];
    if (node.values) return String(value) in node.values ? [] : [`${at} has no value ${brief(value)}`];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no ${type}`];
    return Object.entries(value).flatMap(([key, item]) => {
      const field = node.fields?.[key];
      if (!field) return [`${at} has no field ${key}`];
      return ofField(field, item, `${at}.${key}`, node);
    });
  };
  const ofField = (field: FieldNode, item: unknown, at: string, scope: Node): readonly string[] => {
    if (field.keyType !== undefined) {
      if (typeof item !== 'object' || item === null || Array.isArray(item)) return [`${at} is no map`];
      return Object.entries(item).flatMap(([key, inner]) => check(field.type, inner, `${at}[${key}]`, scope));
    }
    if (field.rule === 'repeated') {
      if (!Array.isArray(item)) return [`${at} is no list`];
      return item.flatMap((inner, i) => check(field.type, inner, `${at}[${i}]`, scope));
    }
    return check(field.type, item, at, scope);
  };
  return { home, messageOf: find, check };
}

const brief = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 60);

const WHOLE = /^(?:int|uint|sint|fixed|sfixed)(?:32|64)$/;

function isScalar(type: string, value: unknown): boolean {
  if (type === 'string' || type === 'bytes') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'double' || type === 'float') return typeof value === 'number';
  if (WHOLE.test(type)) return Number.isInteger(value) || (type.endsWith('64') && /^-?\d+$/.test(String(value)));
  return false;
}

function isScalarText(type: string, text: string): boolean {
  if (type === 'bool') return text === 'true' || text === 'false';
  if (WHOLE.test(type)) return /^-?\d+$/.test(text);
  return true;
}

function wellKnown(type: string, value: unknown): boolean {
  switch (type) {
    case 'google.protobuf.Timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'google.protobuf.Duration':
      return typeof value === 'string' && /^\d+(?:\.\d+)?s$/.test(value);
    case 'google.protobuf.BoolValue':
      return typeof value === 'boolean';
    default:
      return true;
  }
}
