import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemText } from '../../examples/place/generate.ts';
import { run } from '../../src/cli/main.ts';
import type { AnswerFile } from '../../src/interchange/answer-file.ts';
import { readProblemFile } from '../../src/interchange/read-problem.ts';
import { lineOf } from '../../src/trouble.ts';

const README = 'examples/place/README.md';
const PROBLEM = 'examples/place/problem.json';
const STRATEGIES = ['godwit', 'karpenter', 'ca-least-waste', 'ca-price', 'ffd'] as const;
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const text = readFileSync(PROBLEM, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'godwit-place-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the README is when its commands are run now. */
let renewed = '';
const answers = new Map<string, AnswerFile>();

/**
 * The README as a newcomer reads it, with every command run and its output put in. When an output changes, the diff is
 * what a reviewer reads:
 *
 *     UPDATE_GOLDEN=1 npx vitest run test/examples/place.test.ts && git diff examples/place
 */
beforeAll(async () => {
  renewed = await withStrategies(await withOutputs(readFileSync(README, 'utf8')));
  if (UPDATE) writeFileSync(README, renewed);
}, 120_000);

describe('the example problem', () => {
  it('is what its generator writes, byte for byte', async () => {
    expect((await problemText()) === text).toBe(true);
  });

  it('is of the size that the README tells', () => {
    const read = readProblemFile(PROBLEM, text);
    if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
    const { groups, offerings, running = [] } = read.value;
    expect(groups.map((g) => `\`${g.name}\` | ${g.replicas} |`).filter((row) => !renewed.includes(row))).toEqual([]);
    expect(renewed).toContain(`${offerings.length} offerings`);
    expect(renewed).toContain(`Today's ${running.reduce((sum, r) => sum + r.count, 0)} nodes`);
    expect(running.filter(({ offering }) => !offering.endsWith('/on-demand'))).toEqual([]);
  });
});

describe('the example’s README', () => {
  it('shows what its commands print', () => {
    expect(timeless(readFileSync(README, 'utf8'))).toBe(timeless(renewed));
  });

  it('tells of an answer that holds, proven, and cheaper than today', () => {
    expect(renewed).toMatch(/^The answer holds/m);
    expect(renewed).toMatch(/against the \$26\.\d\d\/h of today’s nodes/);
    const { status, method, usdPerHour, lowerBoundUsdPerHour, conflict } = answers.get('godwit') as AnswerFile;
    expect({ status, method, conflict }).toEqual({ status: 'placed', method: 'columns', conflict: [] });
    expect(lowerBoundUsdPerHour).toBeGreaterThan(0.85 * usdPerHour);
  });

  it('tells of a relaxed rule that costs less, and of caps that clash', () => {
    const bills = [...renewed.matchAll(/^ {2}\$([\d.]+)\/h {3}\$/gm)].map((m) => Number(m[1]));
    expect(bills).toHaveLength(2);
    expect(bills[1]).toBeLessThan(bills[0] ?? 0);
    for (const cloud of ['aws', 'azure', 'gcp']) expect(renewed).toContain(`${cloud} may have at most 30% of the $/h`);
  });

  it('tells of rivals that each break a rule', () => {
    for (const name of STRATEGIES.slice(1)) expect(answers.get(name)?.conflict, name).not.toEqual([]);
  });
});

/** Each block of a command with its output; a diff before it changes the problem that `problem.json` names. */
async function withOutputs(readme: string): Promise<string> {
  const parts = readme.split(/(?=^```(?:console|diff))/m);
  let changed: string | undefined;
  const out: string[] = [];
  for (const part of parts) {
    const block = /^```(console|diff) ?([^\n]*)\n([\s\S]*?)```\n/.exec(part);
    const [whole = '', kind, sections = '', inside = ''] = block ?? [];
    if (kind === 'diff') changed = patched(inside);
    if (kind !== 'console') {
      out.push(part);
      continue;
    }
    const command = inside.slice(0, inside.indexOf('\n'));
    if (command.endsWith(' problem.json') && changed === undefined) throw new Error(`no diff before ${command}`);
    const printed = await outputOf(command, changed ?? text);
    const shown = sections === '' ? '' : `${chosen(printed, sections.split(', '))}\n`;
    out.push(`\`\`\`console ${sections}`.trimEnd(), `\n${command}\n${shown}\`\`\`\n${part.slice(whole.length)}`);
  }
  return out.join('');
}

function patched(diff: string): string {
  const [from = '', to = ''] = ['-', '+'].map((sign) =>
    diff
      .split('\n')
      .find((line) => line.startsWith(sign))
      ?.slice(1),
  );
  if (!text.includes(from)) throw new Error(`the problem has no ${from}`);
  return text.replace(from, to);
}

async function outputOf(command: string, problem: string): Promise<string> {
  const [line = '', into] = command.replace('$ npx godwit ', '').split(' > ');
  writeFileSync(join(folder, 'problem.json'), problem);
  const argv = line.split(' ').map((arg) => (/^\w+\.json$/.test(arg) ? join(folder, arg) : arg));
  const printed = (await print(argv)).replaceAll(`${folder}/`, '');
  if (into !== undefined) writeFileSync(join(folder, into), printed);
  return printed;
}

async function print(argv: readonly string[]): Promise<string> {
  let printed = '';
  await run(argv, { out: (part) => (printed += part), err: () => undefined, colour: false, width: 100 });
  return printed;
}

/** Paragraphs of an output by their titles. */
function chosen(printed: string, titles: readonly string[]): string {
  const [headline = '', ...sections] = printed.trimEnd().split('\n\n');
  const found = titles.map((title) =>
    title === 'headline' ? headline : sections.find((section) => section.startsWith(`${title}\n`)),
  );
  return found.map((section, i) => section ?? `no ${titles[i]}`).join('\n\n');
}

async function withStrategies(readme: string): Promise<string> {
  const rows: string[] = [];
  for (const name of STRATEGIES) {
    const answer = JSON.parse(await print(['place', PROBLEM, '--strategy', name, '-o', 'json'])) as AnswerFile;
    answers.set(name, answer);
    const nodes = answer.nodes.reduce((sum, { count }) => sum + count, 0);
    const broken = answer.conflict.length;
    const kept = broken === 0 ? 'all kept' : `${broken} broken`;
    rows.push(`| \`${name}\` | ${nodes} | $${answer.usdPerHour.toFixed(2)} | ${kept} |`);
  }
  const table = ['| strategy | nodes | $/h | rules |', '|---|---|---|---|', ...rows].join('\n');
  return readme.replace(/<!-- strategies -->\n(?:\n?\|[^\n]*\n)*/, `<!-- strategies -->\n\n${table}\n`);
}

/** Times differ from run to run. */
const timeless = (readme: string): string => readme.replaceAll(/, \d+\.\d+ s$/gm, ', … s');
