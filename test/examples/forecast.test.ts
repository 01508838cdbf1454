import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectionsText, marketsText } from '../../examples/forecast/generate.ts';
import { run } from '../../src/cli/main.ts';
import { EXIT } from '../../src/trouble.ts';

const FOLDER = 'examples/forecast';
const README = `${FOLDER}/README.md`;
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

/** What the README is when its commands are run now. */
let renewed = '';

/**
 * The README as a newcomer reads it, with every command run and its output put in. When an output changes, the diff is
 * what a reviewer reads:
 *
 *     UPDATE_GOLDEN=1 npx vitest run test/examples/forecast.test.ts && git diff examples/forecast
 */
beforeAll(async () => {
  renewed = await withOutputs(readFileSync(README, 'utf8'));
  if (UPDATE) writeFileSync(README, renewed);
}, 60_000);

describe('the example’s series', () => {
  it.each([
    ['connections.csv', connectionsText],
    ['markets.csv', marketsText],
  ] as const)('%s is what its generator writes, byte for byte', (name, text) => {
    expect(readFileSync(`${FOLDER}/${name}`, 'utf8') === text()).toBe(true);
  });
});

describe('the example’s README', () => {
  it('shows what its commands print', () => {
    expect(readFileSync(README, 'utf8')).toBe(renewed);
    expect(renewed.match(/^\$ npx godwit forecast /gm)?.length).toBeGreaterThan(2);
  });

  it('tells of a forecast that did better than guessing on its own past', async () => {
    const { out } = await godwit(`forecast ${FOLDER}/markets.csv --horizon 1d --backtest 5 -o json`);
    const { backtest } = JSON.parse(out) as { backtest: { mase: number; smape: number } };
    expect(backtest.mase).toBeLessThan(0.9);
    expect(backtest.smape).toBeLessThan(10);
  });
});

async function godwit(line: string): Promise<{ out: string; err: string }> {
  const said = { out: '', err: '' };
  const io = { colour: false, width: 100 };
  const code = await run(line.split(' '), {
    ...io,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  if (code !== EXIT.ok) throw new Error(`${line}: exit ${code}: ${said.err}`);
  return said;
}

/** Each block of a command with its output, or with the parts of it that the block names. */
async function withOutputs(readme: string): Promise<string> {
  const out: string[] = [];
  for (const part of readme.split(/(?=^```console)/m)) {
    const [whole, parts = '', inside = ''] = /^```console ?([^\n]*)\n([\s\S]*?)```\n/.exec(part) ?? [];
    if (whole === undefined) {
      out.push(part);
      continue;
    }
    const command = inside.slice(0, inside.indexOf('\n'));
    const printed = (await godwit(command.replace('$ npx godwit ', ''))).out;
    const shown = parts === '' ? printed : `${chosen(printed, parts.split(', '))}\n`;
    out.push(`\`\`\`console ${parts}`.trimEnd(), `\n${command}\n${shown}\`\`\`\n${part.slice(whole.length)}`);
  }
  return out.join('');
}

/** Paragraphs of an output by their titles; the picture has none. */
function chosen(printed: string, titles: readonly string[]): string {
  const [headline = '', ...others] = printed.trimEnd().split('\n\n');
  const found = titles.map((title) => {
    if (title === 'headline') return headline;
    return others.find((part) => (title === 'Picture' ? part.includes('━ median') : part.startsWith(title)));
  });
  return found.map((part, i) => part ?? `no ${titles[i]}`).join('\n\n');
}
