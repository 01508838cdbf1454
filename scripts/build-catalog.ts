/**
 * Builds the price list that the package carries, `data/catalog/`, from a folder of public catalog data:
 *
 *     npx tsx scripts/build-catalog.ts <folder>
 *
 * Prints what was left out and what was quarantined, with the reason of each. The same input gives the same text;
 * `docs/catalog.md` describes the sources, the rules and the format.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { buildTexts, type Built } from './catalog/build.ts';

const OUT = fileURLToPath(new URL('../data/catalog/', import.meta.url));

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npx tsx scripts/build-catalog.ts <folder of catalog data>');
  process.exit(64);
}
const built = buildTexts(folder);
mkdirSync(OUT, { recursive: true });
let total = 0;
for (const [name, text] of built.texts) {
  const bytes = name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : Buffer.from(text);
  writeFileSync(join(OUT, name), bytes);
  total += bytes.length;
  console.log(`${name}: ${bytes.length} bytes, ${text.length} as text`);
}
console.log(`in all ${total} bytes\n`);
report(built);

function report({ summaries, leftOut, quarantined, notes }: Built): void {
  const size = new Table({ head: ['provider', 'regions', 'types', 'on-demand prices', 'spot prices'] });
  for (const s of summaries) size.push([s.provider, s.regions, s.types, s.onDemand, s.spot]);
  console.log(size.toString());
  const left = new Table({ head: ['left out', 'why', 'rows', 'such as'] });
  for (const row of leftOut) left.push([...row]);
  console.log(left.toString());
  const table = new Table({ head: ['quarantined', 'region', 'type', 'USD/h', 'why'] });
  for (const q of quarantined) table.push([`${q.provider} ${q.kind}`, q.region, q.type, q.usdPerHour, q.reason]);
  console.log(quarantined.length === 0 ? 'nothing was quarantined' : table.toString());
  for (const note of notes) console.log(note);
}
