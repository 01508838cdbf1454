import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareForecast } from '../../src/cli/forecast.ts';
import { run } from '../../src/cli/main.ts';
import { readEvents } from '../../src/forecast/events/document.ts';
import { EXIT } from '../../src/trouble.ts';

const DOCS = readFileSync('docs/forecast.md', 'utf8');
const quiet = { out: () => undefined, err: () => undefined, colour: false, width: 100 };
/** Whether it stands between backticks. */
const told = (name: string): boolean => new RegExp(`\`[^\`\n]*(?<![\\w-])${name}\\b[^\`\n]*\``).test(DOCS);

describe('docs/forecast.md', () => {
  it('tells of every option', () => {
    const program = new Command();
    declareForecast(program, quiet, () => undefined);
    const options = program.commands[0]?.options.map((option) => option.long ?? '') ?? [];
    expect(options.length).toBeGreaterThan(8);
    expect(options.filter((long) => long !== '--output' && !told(long))).toEqual([]);
  });

  it('tells of every field of the JSON', async () => {
    let out = '';
    const argv = [
      'forecast',
      'examples/forecast/markets.csv',
      '--limit',
      '1',
      '--horizon',
      '2',
      '--backtest',
      '3',
      '-o',
      'json',
    ];
    await run(argv, { ...quiet, out: (text) => void (out += text) });
    const names = new Set<string>();
    JSON.stringify(JSON.parse(out), (key, value: unknown) => {
      if (/^[a-z]/i.test(key) && !/^q0?\.\d/.test(key) && key !== 'y') names.add(key);
      return value;
    });
    expect(names.size).toBeGreaterThan(25);
    expect([...names].filter((name) => !told(name))).toEqual([]);
  });

  it('shows an events file that is right', () => {
    const read = readEvents(/```yaml\n([\s\S]*?)```/.exec(DOCS)?.[1] ?? '', 'docs/forecast.md');
    expect(read.ok ? [] : read.troubles).toEqual([]);
    expect(read.ok && read.value.events.length).toBe(4);
  });

  it('tells the exit codes that there are', () => {
    const codes = [...DOCS.matchAll(/^\| (\d+) \|/gm)].map((m) => Number(m[1]));
    const { ok, incomplete, error, usage, interrupted } = EXIT;
    expect(codes).toEqual([ok, incomplete, error, usage, interrupted]);
  });
});
