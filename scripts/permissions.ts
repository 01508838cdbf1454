import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { policyDocument as aws } from '../providers/aws/permissions.ts';
import { policyDocument as azure } from '../providers/azure/permissions.ts';
import { policyDocument as gcp } from '../providers/gcp/permissions.ts';
import { policyDocument as kubernetes } from '../providers/kubernetes/permissions.ts';

/**
 * Writes deploy/permissions/: for each cloud what a plan reads, and what a controller needs on top of it. Two documents
 * for two roles, so that whoever only plans can change nothing. `npx tsx scripts/permissions.ts` rewrites them; a test
 * fails when it would.
 */
export function permissionDocuments(): ReadonlyMap<string, string> {
  const read = ['read', 'optional'] as const;
  const apply = ['scale', 'open'] as const;
  const tag = { key: 'godwit.io/fleet', value: 'im-fleet' };
  const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
  return new Map([
    ['aws-read.json', json(aws({ needs: read, tag }))],
    ['aws-apply.json', json(aws({ needs: apply, tag }))],
    ['azure-read.json', json(azure(read))],
    ['azure-apply.json', json(azure(apply))],
    ['gcp-read.yaml', gcp(read)],
    ['gcp-apply.yaml', gcp(apply)],
    ['kubernetes-read.yaml', kubernetes(read)],
    ['kubernetes-apply.yaml', kubernetes(apply)],
  ]);
}

export const PERMISSIONS_FOLDER = new URL('../deploy/permissions/', import.meta.url);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(fileURLToPath(PERMISSIONS_FOLDER), { recursive: true });
  for (const [name, text] of permissionDocuments()) writeFileSync(new URL(name, PERMISSIONS_FOLDER), text);
}
