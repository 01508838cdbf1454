import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fleetJsonSchema, type JsonSchema } from '../src/fleet/json-schema.ts';

/**
 * Keeps the tables of docs/fleet.md true: each stands between `<!-- fields: services -->` and `<!-- end -->` and is
 * written anew from the schema. `npx tsx scripts/fleet-fields.ts` rewrites the file; a test fails when it would.
 */
export function withTables(markdown: string, schema: JsonSchema = fleetJsonSchema()): string {
  const sections = sectionsIn(markdown);
  return markdown.replaceAll(/<!-- fields: (\S+) -->\n[\s\S]*?<!-- end -->/g, (_block, section: string) => {
    const rows = section === '.' ? topRows(schema) : rowsUnder(at(schema, section), section, sections);
    return `<!-- fields: ${section} -->\n\n${tableOf(rows, section)}\n<!-- end -->`;
  });
}

/** The parts of the file that a document has tables for: `services`, `clouds.kubernetes.clusters.<name>`. */
export const sectionsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/<!-- fields: (\S+) -->/g)].map(([, section = '']) => section);

interface FieldRow {
  readonly path: string;
  readonly kind: string;
  readonly otherwise: string;
  readonly meaning: string;
  readonly example: string;
}

/** Paths in a table start below its section. */
function tableOf(rows: readonly FieldRow[], section: string): string {
  const below = (path: string): string => path.slice(section.length).replace(/^(?:\[\])?(?:\.<name>)?\./, '');
  const cells = rows.map(({ path, kind, otherwise, meaning, example }) => [
    `\`${section === '.' ? path : below(path)}\``,
    kind,
    otherwise,
    meaning,
    example,
  ]);
  const head = [['field', 'kind', 'left out', 'meaning', 'example'], Array.from({ length: 5 }, () => '---')];
  return [...head, ...cells].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

/** Goes down a path such as `clouds.kubernetes.clusters.<name>`; `commitments[spend]` is the `kind` among a list's. */
function at(schema: JsonSchema, section: string): JsonSchema {
  let field: JsonSchema | undefined = schema;
  for (const step of section.split('.')) {
    const [, name = '', kind] = /^([^[]+)(?:\[(.+)\])?$/.exec(step) ?? [];
    const values: JsonSchema | boolean | undefined = field?.additionalProperties;
    field = name === '<name>' && typeof values === 'object' ? values : field?.properties?.[name];
    if (kind !== undefined) field = field?.items?.oneOf?.find((each) => each.properties?.['kind']?.const === kind);
  }
  if (field === undefined) throw new Error(`docs/fleet.md asks for the fields of ${section}, which the schema has not`);
  return field;
}

/** The plain fields at the top, and each section with what it is for. */
function topRows(schema: JsonSchema): readonly FieldRow[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => rowOf(name, field, isRequired(schema, name)));
}

/** Every field below one, except what has a table of its own. */
function rowsUnder(field: JsonSchema, path: string, sections: readonly string[]): readonly FieldRow[] {
  if (field.items !== undefined && !isChoice(field.items)) return rowsUnder(field.items, `${path}[]`, sections);
  if (typeof field.additionalProperties === 'object') {
    return rowsUnder(field.additionalProperties, `${path}.<name>`, sections);
  }
  const fields = Object.entries(field.properties ?? {}).flatMap(([name, inner]) => {
    const here = `${path}.${name}`;
    const elsewhere = isPlain(inner) || sections.some((section) => section.startsWith(here));
    return [rowOf(here, inner, isRequired(field, name)), ...(elsewhere ? [] : rowsUnder(inner, here, sections))];
  });
  const devices = Object.values(field.patternProperties ?? {}).map((inner) =>
    rowOf(`${path}.<domain>/<device>`, inner, false),
  );
  return [...fields, ...devices];
}

/** commitments: one of several kinds */
const isChoice = ({ oneOf }: JsonSchema): boolean => oneOf?.[0]?.properties !== undefined;

const isRequired = (schema: JsonSchema, name: string): boolean => schema.required?.includes(name) ?? false;

const isPlain = (field: JsonSchema): boolean =>
  field.properties === undefined &&
  !isChoice(field) &&
  (typeof field.additionalProperties !== 'object' || isPlainMap(field)) &&
  (field.items === undefined || isPlain(field.items));

/** names with one plain value each, such as latencies */
const isPlainMap = ({ additionalProperties }: JsonSchema): boolean =>
  typeof additionalProperties === 'object' && additionalProperties.properties === undefined;

function rowOf(path: string, field: JsonSchema, required: boolean): FieldRow {
  return {
    path,
    kind: kindOf(field),
    otherwise: required ? 'required' : defaultOf(field),
    meaning: escaped(field.description ?? ''),
    example: exampleOf(field),
  };
}

function kindOf(field: JsonSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.const !== undefined) return code(field.const);
  if (field.items !== undefined) return isPlain(field.items) ? `list of ${plural(kindOf(field.items))}` : 'list';
  if (field.properties !== undefined) return 'fields';
  if (typeof field.additionalProperties === 'object') {
    const { title } = field.additionalProperties;
    return title === undefined ? 'names' : `${title} by ${field.propertyNames?.title ?? 'name'}`;
  }
  return field.title ?? String(field.type);
}

const plural = (kind: string): string => (kind.startsWith('`') || kind.endsWith('s') ? kind : `${kind}s`);

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined) return '–';
  const nothing = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (nothing) return Array.isArray(value) ? 'none' : '–';
  return code(value);
}

function exampleOf(field: JsonSchema): string {
  const [example] = field.examples ?? [];
  if (example !== undefined) return code(example);
  const [item] = field.items?.examples ?? [];
  if (item !== undefined) return code([item]);
  const [key] = field.propertyNames?.examples ?? [];
  const [value] = typeof field.additionalProperties === 'object' ? (field.additionalProperties.examples ?? []) : [];
  return typeof key !== 'string' || value === undefined ? '' : code({ [key]: value });
}

const code = (value: unknown): string => `\`${escaped(typeof value === 'string' ? value : asYaml(value))}\``;

function asYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${asYaml(inner)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' && /^\d+$/.test(value) ? `'${value}'` : String(value);
}

const escaped = (text: string): string => text.replaceAll('|', '\\|');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = new URL('../docs/fleet.md', import.meta.url);
  writeFileSync(file, withTables(readFileSync(file, 'utf8')));
}
