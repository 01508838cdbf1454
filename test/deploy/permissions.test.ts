import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PERMISSIONS as aws } from '../../providers/aws/permissions.ts';
import { PERMISSIONS as azure } from '../../providers/azure/permissions.ts';
import { PERMISSIONS as gcp } from '../../providers/gcp/permissions.ts';
import { PERMISSIONS as kubernetes } from '../../providers/kubernetes/permissions.ts';
import { permissionDocuments, PERMISSIONS_FOLDER } from '../../scripts/permissions.ts';

const documents = permissionDocuments();

describe('deploy/permissions', () => {
  it('holds what the adapters need as they are (npx tsx scripts/permissions.ts writes it anew)', () => {
    expect(readdirSync(PERMISSIONS_FOLDER).toSorted()).toEqual([...documents.keys()].toSorted());
    for (const [name, text] of documents) expect(readFileSync(new URL(name, PERMISSIONS_FOLDER), 'utf8')).toBe(text);
  });

  it.each([...documents])('%s is a document that can be read', (name, text) => {
    const document: unknown = name.endsWith('.json') ? JSON.parse(text) : parse(text);
    expect(document).toBeTypeOf('object');
  });

  /** Verbs that change something, as each vendor spells them; locations/operations/read and the like are none. */
  const WRITES: Readonly<Record<string, RegExp>> = {
    aws: /"\w+:(?:Set|Terminate|Update|Create|Delete|Put|Run|Tag|Attach|Pass|Modify|Receive)/,
    azure: /\/(?:write|delete|action)"/,
    gcp: /\.(?:create|update|delete|set\w*|use\w*|actAs)$/m,
    kubernetes: /'(?:create|update|patch|delete)'/,
  };
  it.each(Object.keys(WRITES))('the reading role of %s changes nothing, the other does', (cloud) => {
    const of = (role: string): string =>
      [...documents].find(([name]) => name.startsWith(`${cloud}-${role}`))?.[1] ?? '';
    const write = WRITES[cloud] ?? /never/;
    const read = cloud === 'kubernetes' ? withoutReviews(of('read')) : of('read');
    expect(write.exec(read)?.[0]).toBeUndefined();
    expect(of('apply')).toMatch(write);
  });

  it.each([
    ['aws', aws],
    ['azure', azure],
    ['gcp', gcp],
    ['kubernetes', kubernetes],
  ] as const)('every permission of %s says what it is for', (_cloud, permissions) => {
    expect(permissions.filter(({ why }) => why.length < 8)).toEqual([]);
    expect(new Set(permissions.map((p) => `${p.permission} ${p.needed}`)).size).toBe(permissions.length);
  });
});

/** Asking the API server what is granted is a `create` that stores nothing. */
const withoutReviews = (role: string): string =>
  role.replaceAll(/resources: \['selfsubject\w+'\]\n\s+verbs: \['create'\]/g, '');
