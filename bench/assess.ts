/**
 * How long `godwit assess` takes, step by step, on a seeded cluster of AWS eu-west-1.
 *
 *   npx tsx bench/assess.ts [nodes] [pods] [seed]
 */
import { assess } from '../src/assess/assess.ts';
import { understand } from '../src/assess/understand.ts';
import type { ProviderCatalog } from '../src/catalog/snapshot.ts';
import type { ProviderName } from '../src/catalog/offering.ts';
import { CLOUDS, embeddedCatalog } from '../src/world/embedded.ts';
import { loadHighs } from '../src/world/highs.ts';
import { bigCluster } from '../test/support/big-cluster.ts';
import { list } from '../test/support/kube.ts';

const [nodes = 500, pods = 5000, seed = 1] = process.argv.slice(2).map(Number);
const OPTIONS = { includePinned: false, spot: 0, arches: [], types: [], eachCloud: false };

async function main(): Promise<void> {
  const text = list(bigCluster(nodes, pods, seed));
  const sources = [{ file: 'bench', text }];
  const start = performance.now();
  const lists = await readLists();
  const solver = await loadHighs();
  say('price lists and solver', start);

  const reading = performance.now();
  understand(sources, lists, {});
  say(`read and price ${(text.length / 1e6).toFixed(1)} MB, ${nodes} nodes, ${pods} pods`, reading);
  for (const [name, across] of [
    ['same cloud', false],
    ['same cloud and across clouds', true],
  ] as const) {
    for (const run of ['cold', 'warm']) {
      const from = performance.now();
      const found = assess(sources, lists, solver, { ...OPTIONS, across });
      say(`${name}, ${run}`, from);
      if (!found.ok || run === 'cold') continue;
      for (const p of [found.value.sameCloud, found.value.acrossClouds]) {
        if (p) console.log(`  $${p.usdPerHour.toFixed(2)}/h, gap ${(p.gap * 100).toFixed(2)}%, ${p.nodes} nodes`);
      }
    }
  }
}

async function readLists(): Promise<ReadonlyMap<ProviderName, ProviderCatalog>> {
  const catalog = embeddedCatalog();
  const lists = new Map<ProviderName, ProviderCatalog>();
  for (const cloud of CLOUDS) {
    const read = await catalog.prices(cloud);
    if (read.ok) lists.set(cloud, read.value);
  }
  return lists;
}

function say(what: string, from: number): void {
  console.log(`${(performance.now() - from).toFixed(0).padStart(6)} ms  ${what}`);
}

await main();
