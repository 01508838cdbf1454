import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import { CLUSTER_API_SCHEMAS } from './kubernetes-cluster-api.ts';

const SPEC = fileURLToPath(new URL('../../../shared/data/specs/k8s/kubernetes-openapi-v2.json', import.meta.url));

/** What the vendor's own description says against a request or an object; nothing = nothing. */
export interface KubernetesSpec {
  /** whether there is such a call at all, and whether its query and body are as described */
  request(of: { method: string; path: string; query: URLSearchParams; contentType: string; body: unknown }): string[];
  /** an object as the server keeps or answers it, by its kind */
  object(object: unknown): string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly $ref?: string;
  readonly schema?: { readonly $ref?: string };
}
interface Operation {
  readonly consumes?: readonly string[];
  readonly parameters?: readonly Parameter[];
}
interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Operation>> & { readonly parameters?: readonly Parameter[] }>
  >;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly parameters: Readonly<Record<string, Parameter>>;
}
interface Schema {
  readonly properties?: object;
  readonly additionalProperties?: unknown;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

let loaded: KubernetesSpec | undefined;

/** Kubernetes' OpenAPI document, read once. Where it is not at hand, bodies go unchecked, and one line says so. */
export function kubernetesSpec(): KubernetesSpec {
  loaded ??= load();
  return loaded;
}

function load(): KubernetesSpec {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const custom = new Map<string, ValidateFunction>();
  for (const [kind, schema] of Object.entries(CLUSTER_API_SCHEMAS)) custom.set(kind, ajv.compile(schema));
  const described = existsSync(SPEC) ? (JSON.parse(readFileSync(SPEC, 'utf8')) as Description) : undefined;
  if (!described) process.stderr.write(`${SPEC} is not there: Kubernetes' own bodies go unchecked\n`);
  if (described) ajv.addSchema({ $id: 'k8s', definitions: strictly(described.definitions) });
  const names = new Map(
    Object.entries(described?.definitions ?? {}).flatMap(([name, schema]) =>
      (schema['x-kubernetes-group-version-kind'] ?? []).map(({ group, version, kind }) => [
        `${group === '' ? '' : `${group}/`}${version} ${kind}`,
        name,
      ]),
    ),
  );
  const against = (name: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`k8s#/definitions/${name}`);
    if (!validate) return [`the description has no ${name}`];
    return validate(value) ? [] : wordsOf(name, validate.errors);
  };
  const object = (value: unknown): string[] => {
    const { apiVersion = '', kind = '' } = (value ?? {}) as { apiVersion?: string; kind?: string };
    // a custom resource's list has the shape of every list; its items are checked where they are kept
    if (apiVersion.startsWith('cluster.x-k8s.io/') && kind.endsWith('List')) return [];
    const own = custom.get(kind);
    if (apiVersion.startsWith('cluster.x-k8s.io/') && own) return own(value) ? [] : wordsOf(kind, own.errors);
    const name = names.get(`${apiVersion} ${kind}`);
    if (name !== undefined) return against(name, value);
    return described ? [`no kind ${kind} in ${apiVersion}`] : [];
  };
  const routes = Object.entries(described?.paths ?? {}).map(([path, item]) => ({
    pattern: new RegExp(`^${path.replace(/\/$/, '').replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`),
    // a path with fewer holes is the more exact one
    holes: path.split('{').length,
    item,
  }));
  routes.sort((a, b) => a.holes - b.holes);
  return {
    object,
    request({ method, path, query, contentType, body }) {
      // custom resources have no place in the document; their bodies do, above
      if (path.includes('/cluster.x-k8s.io')) return isWhole(method, body) ? object(body) : [];
      if (!described) return [];
      const item = routes.find((route) => route.pattern.test(path))?.item;
      const operation = item?.[method.toLowerCase()];
      if (!item || !operation) return [`no ${method} ${path} in the description`];
      const resolve = (p: Parameter): Parameter =>
        p.$ref === undefined ? p : (described.parameters[p.$ref.replace('#/parameters/', '')] ?? p);
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
      const known = new Set(parameters.filter((p) => p.in === 'query').map((p) => p.name));
      const strays = [...query.keys()].filter((key) => !known.has(key)).map((key) => `${method} ${path} has no ${key}`);
      const consumes = operation.consumes ?? ['*/*'];
      const wrongType =
        body !== undefined && !consumes.includes('*/*') && !consumes.includes(contentType)
          ? [`${method} ${path} takes ${consumes.join(', ')}, not ${contentType}`]
          : [];
      const schema = parameters.find((p) => p.in === 'body')?.schema?.$ref?.replace('#/definitions/', '');
      const wrong = isWhole(method, body) && schema !== undefined ? against(schema, body) : [];
      return [...strays, ...wrongType, ...wrong];
    },
  };
}

/** A patch is a part of an object; what it leads to is checked where it is kept. */
const isWhole = (method: string, body: unknown): boolean => body !== undefined && method !== 'PATCH';

/** As a server does with `fieldValidation=Strict`: a member that is not described is a mistake. */
function strictly(definitions: Description['definitions']): object {
  const strict = Object.entries(definitions).map(([name, schema]) => {
    if (name.endsWith('.IntOrString')) return [name, { type: ['integer', 'string'] }];
    if (name.endsWith('.Quantity')) return [name, { type: ['string', 'number'] }];
    return [name, schema.properties ? { additionalProperties: false, ...schema } : schema];
  });
  return Object.fromEntries(strict) as object;
}

const wordsOf = (name: string, errors: ValidateFunction['errors']): string[] =>
  (errors ?? []).slice(0, 3).map((e) => `${name}${e.instancePath} ${e.message ?? ''} ${JSON.stringify(e.params)}`);
