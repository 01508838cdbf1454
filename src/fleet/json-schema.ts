import { z } from 'zod';
import { fleetDocument, VERSION } from './document/document.ts';

/** A JSON Schema, as far as this project reads one: what editors show and docs/fleet.md lists. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/**
 * The fleet file's JSON Schema (draft 2020-12, with no keyword that draft-07 has not): what may stand where, with
 * titles, descriptions, defaults and examples. Whether names lead anywhere and parts fit together, it can't say:
 * `godwit validate` does.
 */
export function fleetJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(fleetDocument, { io: 'input', target: 'draft-2020-12' });
  return { $schema, $id: `urn:godwit:fleet:${VERSION}`, title: 'Godwit fleet file', ...schema } as JsonSchema;
}
