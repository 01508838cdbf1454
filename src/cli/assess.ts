import { createReadStream } from 'node:fs';
import { Option } from 'commander';
import type { Source } from '../assess/documents.ts';
import type { PriceLists } from '../assess/prices.ts';
import type { Assessment } from '../assess/report.ts';
import { bad, EXIT, good, type Checked, type ExitCode, type Trouble } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

/** `kubectl get nodes,pods -A -o json | godwit assess`: what the nodes cost, and what they could cost. */
export const declareAssess: Declare = (program, io, finish) => {
  program
    .command('assess')
    .argument('[files...]', 'what kubectl get nodes,pods -A -o json printed; stdin when none is named or it is -')
    .description('tell what a cluster costs and what the cheapest safe placement of its pods would cost')
    .option('--default-requests <cpu,memory>', 'count pods that request nothing as needing this: 100m,128Mi')
    .option('--include-pinned', 'also move pods and nodes that are marked not to be disturbed or that nothing restarts')
    .option('--spot <share>', 'let up to this share of each workload be on spot nodes: 0.5 or 50%')
    .option('--arch <names>', 'architectures that all images run on: amd64,arm64 (default: those each runs on today)')
    .option('--types <patterns>', "propose only these instance types, * allowed: 'm7*,c7*,r7*'")
    .option('--each-cloud', 'also tell what one more region of each cloud would bring')
    .option('--no-across', 'do not look at other regions and clouds')
    .addOption(
      new Option('-o, --output <format>', 'how to print it').choices(['table', 'json', 'markdown']).default('table'),
    )
    .addHelpText('after', HELP)
    .showHelpAfterError()
    .action(async (files: string[], given: Given) => finish(await assessFiles(io, files, given)));
};

const HELP = `
Examples:
  kubectl get nodes,pods -A -o json | godwit assess
  kubectl get nodes,pods,pv,pvc,pdb -A -o json > cluster.json && godwit assess cluster.json --spot 30%

Add pv,pvc so that pods with volumes keep only the zones their volumes are in; pdb to hear of drains that would block.
Nothing is sent anywhere: prices come with the package, and the cluster is not contacted.

Exit codes: 0 the cluster was judged · 4 less than half of its nodes could be priced · 64 the command line or the
input is wrong
`;

interface Given {
  readonly defaultRequests?: string;
  readonly includePinned?: true;
  readonly spot?: string;
  readonly arch?: string;
  readonly types?: string;
  readonly across: boolean;
  readonly eachCloud?: true;
  readonly output: string;
}

/** A cluster of 20,000 pods is some 150 MB of JSON; a text of 512 MB is more than the engine can hold. */
const LARGEST = 400 * 2 ** 20;
/** Below this share of priced nodes the figures say little of the cluster. */
const LEAST_PRICED = 0.5;

async function assessFiles(io: Io, files: readonly string[], given: Given): Promise<ExitCode> {
  const { optionsFrom } = await import('./assess-options.ts');
  const options = optionsFrom(given);
  if (!options.ok) return refuse(io, options.troubles);
  const sources = await readAll(files);
  if (!sources.ok) return refuse(io, sources.troubles);
  const [lists, { assess }, { loadHighs }] = await Promise.all([
    allLists(),
    import('../assess/assess.ts'),
    import('../world/highs.ts'),
  ]);
  if (!lists.ok) return refuse(io, lists.troubles, EXIT.incomplete);
  const unknown = await unknownTypes(lists.value, options.value.types);
  if (unknown.length > 0) return refuse(io, unknown);
  const found = assess(sources.value, lists.value, await loadHighs(), options.value);
  if (!found.ok) return refuse(io, found.troubles);
  io.out(await rendered(io, found.value, given.output));
  if (found.value.pricedShare >= LEAST_PRICED) return EXIT.ok;
  const share = `${Math.round(found.value.pricedShare * 100)}%`;
  io.err(
    `godwit: only ${share} of the nodes have a price, and at least ${LEAST_PRICED * 100}% are needed to judge a cluster\n`,
  );
  return EXIT.incomplete;
}

/** With no type left to propose, "nothing cheaper was found" would be true and say nothing. */
async function unknownTypes(lists: PriceLists, patterns: readonly string[]): Promise<readonly Trouble[]> {
  const { unmatched } = await import('./price-rows.ts');
  const known = [...lists.values()].flatMap((list) => list.types.map((type) => type.name));
  return unmatched('--types', patterns, known, [...lists.keys()].join(', '));
}

async function readAll(files: readonly string[]): Promise<Checked<readonly Source[]>> {
  const { readStream } = await import('./stdin.ts');
  if (files.length === 0 || (files.length === 1 && files[0] === '-')) {
    if (process.stdin.isTTY) return bad(NOTHING_PIPED);
    const text = await readStream(process.stdin, 'stdin', LARGEST);
    return text.ok ? good([{ file: 'stdin', text: text.value }]) : text;
  }
  const sources: Source[] = [];
  const troubles: Trouble[] = [];
  for (const file of files) {
    const text = await readFileText(file);
    if (text.ok) sources.push({ file, text: text.value });
    else troubles.push(...text.troubles);
  }
  return troubles.length > 0 ? bad(...troubles) : good(sources);
}

const NOTHING_PIPED: Trouble = {
  file: 'stdin',
  problem: 'nothing is piped in',
  remedy: 'run: kubectl get nodes,pods -A -o json | godwit assess',
};

async function readFileText(file: string): Promise<Checked<string>> {
  const [{ readStream }, { readTextFile }] = await Promise.all([import('./stdin.ts'), import('../world/files.ts')]);
  const text = await readTextFile(file, LARGEST);
  if (text.ok || !text.troubles.some((t) => t.problem.includes('UTF-8'))) return text;
  return readStream(createReadStream(file), file, LARGEST);
}

async function allLists(): Promise<Checked<PriceLists>> {
  const { CLOUDS, embeddedCatalog } = await import('../world/embedded.ts');
  const catalog = embeddedCatalog();
  const read = await Promise.all(CLOUDS.map(async (cloud) => [cloud, await catalog.prices(cloud)] as const));
  const troubles = read.flatMap(([, list]) => (list.ok ? [] : list.troubles));
  if (troubles.length > 0) return bad(...troubles);
  return good(new Map(read.flatMap(([cloud, list]) => (list.ok ? [[cloud, list.value] as const] : []))));
}

async function rendered(io: Io, found: Assessment, output: string): Promise<string> {
  if (output === 'json') {
    const { exported } = await import('../assess/export.ts');
    return `${JSON.stringify(exported(found), undefined, 2)}\n`;
  }
  const { pageOf } = await import('../assess/page.ts');
  if (output === 'markdown') return (await import('../assess/markdown.ts')).asMarkdown(pageOf(found));
  const [{ asText, PLAIN }, { default: colours }] = await Promise.all([
    import('../assess/text.ts'),
    import('picocolors'),
  ]);
  const { bold, dim } = colours.createColors(true);
  return asText(pageOf(found), io.colour ? { bold, dim } : PLAIN, Math.min(120, io.width ?? 100));
}
