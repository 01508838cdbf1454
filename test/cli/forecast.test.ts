import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { EXIT } from '../../src/trouble.ts';
import { changed, loadOf, signalOf } from '../forecast/load.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-forecast-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function godwit(...argv: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const code = await run(['forecast', ...argv], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    colour: false,
    width: 100,
  });
  return { code, out: said.out, err: said.err.replaceAll(`${folder}/`, '') };
}

let files = 0;
function file(content: string, name = `${files++}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** `timestamp,value` of a signal; a gap is a row that is not there. */
const csvOf = ({ start, step, values }: ObservedSignal): string =>
  `timestamp,value\n${Array.from(values, (v, i) => (Number.isNaN(v) ? '' : `${new Date(start + i * step * 1000).toISOString()},${v.toFixed(3)}\n`)).join('')}`;
/** The same with a number for each step, as one of many series. */
const longOf = (id: string, { values }: ObservedSignal): string =>
  Array.from(values, (v, i) => `${id},${i + 1},${v.toFixed(3)}\n`).join('');

const hourly = loadOf({ days: 21, noise: 0.05 });
const load = file(csvOf(hourly), 'load.csv');
const many = file(
  `unique_id,ds,y\n${longOf('eu', hourly)}${longOf('na', loadOf({ days: 15, level: 80, noise: 0.1, seed: 2 }))}`,
  'many.csv',
);

interface Json {
  readonly schemaVersion: number;
  readonly stepS: number;
  readonly horizonSteps: number;
  readonly notes: readonly string[];
  readonly backtest?: {
    readonly smape: number;
    readonly mase: number;
    readonly wql: number;
    readonly quantiles: readonly { readonly coverage: number }[];
  };
  readonly series: readonly {
    readonly unique_id: string;
    readonly notes: readonly string[];
    readonly last: { readonly ds: string; readonly y: number } | null;
    readonly forecast: readonly Record<string, number | string>[];
    readonly backtest?: { readonly origins: readonly string[]; readonly yardsticks: { readonly wouldHaveWon: string } };
  }[];
}
async function json(...argv: readonly string[]): Promise<Json> {
  const { code, out, err } = await godwit(...argv, '-o', 'json');
  expect({ code, err }).toEqual({ code: EXIT.ok, err: '' });
  return JSON.parse(out) as Json;
}

describe('godwit forecast', () => {
  it('as CSV: one row a step, times written as they came, quantiles that never cross', async () => {
    const { code, out, err } = await godwit(load, '--horizon', '48', '-o', 'csv');
    expect({ code, err }).toEqual({ code: EXIT.ok, err: '' });
    const [head, ...lines] = out.trimEnd().split('\n');
    expect(head).toBe('unique_id,ds,mean,q0.1,q0.5,q0.9,q0.95,q0.99');
    expect(lines).toHaveLength(48);
    expect(lines[0]).toMatch(/^load,2026-02-23T00:00:00\.000Z|^load,2026-02-23T00:00:00Z/);
    for (const line of lines) {
      const quantiles = line.split(',').slice(3).map(Number);
      expect(quantiles).toHaveLength(5);
      expect(quantiles.toSorted((a, b) => a - b)).toEqual(quantiles);
      expect(quantiles.every((q) => q >= 0 && Number.isFinite(q))).toBe(true);
    }
  });

  it('as CSV of many: numbers of steps go on where each series ended', async () => {
    const { out } = await godwit(many, '--horizon', '2', '--step', '1h', '--quantiles', '0.99,.5', '-o', 'csv');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('unique_id,ds,mean,q0.5,q0.99');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2))).toEqual([
      ['eu', '505'],
      ['eu', '506'],
      ['na', '361'],
      ['na', '362'],
    ]);
  });

  it('CSV, JSON and the picture come of one forecast', async () => {
    const { out } = await godwit(load, '-o', 'csv');
    const { series, ...rest } = await json(load);
    expect(rest).toMatchObject({ schemaVersion: 1, stepS: 3600, horizonSteps: 24, notes: [] });
    const rows = series[0]?.forecast.map((row) => ['load', ...Object.values(row)].join(','));
    expect(rows).toEqual(out.trimEnd().split('\n').slice(1));
  });

  it('says the same twice', async () => {
    expect(await godwit(load, '--backtest', '2')).toEqual(await godwit(load, '--backtest', '2'));
  });

  it('on a terminal: a headline, a picture, a table, scores, and no colour where there is none', async () => {
    const { out, code } = await godwit(load, '--backtest', '3');
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/^Forecast of load .*\n {2}now .*; the median peaks at .*; the 99% quantile at/);
    expect(out).toMatch(/• seen {3}━ median {3}░ 10% to 99% quantile/);
    expect(out).toMatch(/\nForecast\n {2}time .*mean +10% +50% +90% +95% +99%/);
    expect(out).toMatch(/largest of all steps/);
    expect(out).toMatch(/backtest: sMAPE [\d.]+%, MASE [\d.]+, weighted quantile loss [\d.]+/);
    expect(out).toMatch(/Backtest: 3 origins/);
    expect(out).not.toContain('\u001b');
    expect(Math.max(...out.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(100);
  });

  it.each([40, 60, 80, 200])('keeps to a terminal %d columns wide, from 60 on', async (width) => {
    let out = '';
    await run(['forecast', many, '--step', '1h', '--backtest', '2'], {
      out: (t) => void (out += t),
      err: () => undefined,
      colour: false,
      width,
    });
    expect(Math.max(...out.split('\n').map((line) => Array.from(line).length))).toBeLessThanOrEqual(
      Math.max(60, width),
    );
  });

  it('in colour only where the terminal has it, and the same letters', async () => {
    let out = '';
    await run(['forecast', load], { out: (t) => void (out += t), err: () => undefined, colour: true, width: 100 });
    // eslint-disable-next-line no-control-regex -- the escapes are what is looked for
    const plain = out.replaceAll(/\u001b\[\d+m/g, '');
    expect(out.length).toBeGreaterThan(plain.length);
    expect(plain).toBe((await godwit(load)).out);
  });

  it('chooses series by name and by number', async () => {
    expect((await json(many, '--step', '1h', '--series', 'na')).series.map((s) => s.unique_id)).toEqual(['na']);
    expect((await json(many, '--step', '1h', '--limit', '1')).series.map((s) => s.unique_id)).toEqual(['eu']);
  });

  it.each<[string, number]>([
    ['48', 48],
    ['48h', 48],
    ['2d', 48],
    ['90m', 2],
    ['7d', 168],
  ])('--horizon %s is %d steps of an hour', async (horizon, steps) => {
    expect((await json(load, '--horizon', horizon)).horizonSteps).toBe(steps);
  });

  it('--season is a number of steps or a time: the same either way', async () => {
    expect((await godwit(load, '--season', '24,168', '-o', 'csv')).out).toBe(
      (await godwit(load, '--season', '1d,7d', '-o', 'csv')).out,
    );
    expect((await godwit(load, '--season', '24,168', '-o', 'csv')).out).not.toBe(
      (await godwit(load, '--season', '7,30', '-o', 'csv')).out,
    );
  });

  it('a quantile beyond what the past shows is told as one of a tail', async () => {
    const { err } = await godwit(load, '--quantiles', '0.5,0.999', '-o', 'csv');
    expect(err).toMatch(/^note: quantiles above \d+\.\d% lie beyond what this past can show/);
  });
});

describe('--backtest', () => {
  it('scores each series from origins in its own past', async () => {
    const { backtest, series } = await json(many, '--step', '1h', '--backtest', '5');
    expect(series.map((s) => s.backtest?.origins.length)).toEqual([5, 5]);
    expect(backtest?.smape).toBeGreaterThan(1);
    expect(backtest?.smape).toBeLessThan(25);
    expect(backtest?.mase).toBeLessThan(1);
    expect(backtest?.wql).toBeLessThan(0.2);
    expect(backtest?.quantiles.map((q) => q.coverage).every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(series[0]?.backtest?.yardsticks.wouldHaveWon).toBe('the forecast');
  });

  it('leaves the rows of -o csv alone: its scores go to stderr', async () => {
    const plain = await godwit(load, '-o', 'csv');
    const scored = await godwit(load, '-o', 'csv', '--backtest', '3');
    expect(scored.out).toBe(plain.out);
    expect(scored.err).toMatch(/backtest: sMAPE .*\nbacktest: coverage q0\.1 [\d.]+, .*\nbacktest: /);
  });

  it('never lets a forecast see what it is scored on', async () => {
    const origins = async (signal: ObservedSignal) =>
      (await json(file(csvOf(signal)), '--backtest', '1')).series[0]?.backtest;
    const wild = changed(hourly, (v, i) => (i >= hourly.values.length - 24 ? 50 * v : v));
    const [calm, shaken] = [await origins(hourly), await origins(wild)];
    expect(calm?.origins).toEqual(shaken?.origins);
    // the load came 50 times as high: a forecast that knew would not be off by nearly all of it
    expect(JSON.stringify(shaken)).toMatch(/"error":0\.9[5-9]/);
  });

  it('says how many origins a short history has room for', async () => {
    const { series } = await json(file(csvOf(loadOf({ days: 3 }))), '--backtest', '5', '--horizon', '1d');
    expect(series[0]?.notes.join()).toMatch(/backtest: 1 origin instead of 5, which need 2d of history/);
    const none = await godwit(file(csvOf(loadOf({ days: 2 }))), '--backtest', '5');
    expect(none.out).toMatch(/the history is too short for it/);
  });
});

describe('a series that is not as it should be still has a forecast', () => {
  const zero = signalOf(Array.from({ length: 10 * 24 }, () => 0));
  it.each<[string, ObservedSignal, (value: number) => boolean]>([
    ['two days of history', loadOf({ days: 2, noise: 0.05 }), (v) => v > 100 && v < 20_000],
    [
      'gaps, a day long and single',
      changed(hourly, (v, i) => ((i > 100 && i < 124) || i % 17 === 0 ? Number.NaN : v)),
      (v) => v > 100 && v < 5000,
    ],
    ['nothing but zeros', zero, (v) => v >= 0 && v < 1],
    ['a constant', changed(zero, () => 42), (v) => v > 41 && v < 43.5],
    [
      'one outlier of a thousand times',
      changed(hourly, (v, i) => (i === 300 ? 1000 * v : v)),
      (v) => v > 100 && v < 5000,
    ],
    ['nights without load', changed(hourly, (v, i) => (i % 24 < 5 ? 0 : v)), (v) => v >= 0 && v < 5000],
    ['steps of a minute', loadOf({ days: 3, step: 60, noise: 0.1 }), (v) => v > 50 && v < 10_000],
    ['steps of five minutes', loadOf({ days: 9, step: 300, noise: 0.1 }), (v) => v > 50 && v < 10_000],
  ])('%s', async (_, signal, likely) => {
    const { code, out, err } = await godwit(
      file(csvOf(signal)),
      '--horizon',
      '7d',
      '--quantiles',
      '0.01,0.5,0.999',
      '-o',
      'csv',
    );
    expect({ code, err: err.replaceAll(/^note: .*\n/gm, '') }).toEqual({ code: EXIT.ok, err: '' });
    const rows = out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(2).map(Number));
    expect(rows).toHaveLength((7 * 86_400) / signal.step);
    expect(rows.every((row) => row.length === 4 && row.every((v) => Number.isFinite(v) && v >= 0))).toBe(true);
    const middle = rows.map((row) => row[2] ?? Number.NaN);
    expect(middle.every(likely)).toBe(true);
  });

  it.each(['table', 'html', 'json'])('and as %s', async (output) => {
    for (const signal of [zero, changed(hourly, (v, i) => (i === 300 ? 1000 * v : v)), loadOf({ days: 2 })]) {
      const { code, out } = await godwit(file(csvOf(signal)), '--backtest', '2', '--quantiles', '0.5', '-o', output);
      expect(code).toBe(EXIT.ok);
      expect(out).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('what was seen a while ago is not told as what is now', async () => {
    const late = changed(hourly, (v, i) => (i >= hourly.values.length - 5 ? Number.NaN : v));
    const ends = csvOf(late) + `${new Date(hourly.start + (hourly.values.length - 1) * 3_600_000).toISOString()},\n`;
    const { out } = await godwit(file(ends));
    expect(out).toMatch(/^ {2}last seen [\d.]+k?, 2026-02-22 18:00 UTC; the median/m);
    expect(out).toMatch(/nothing seen since/);
  });

  it('nothing at all is told as such, with exit code 4, beside the others', async () => {
    const empty = Array.from({ length: 50 }, (_, i) => `dead,${i + 1},\n`).join('');
    const { code, out, err } = await godwit(
      file(`unique_id,ds,y\n${empty}${longOf('eu', hourly)}`),
      '--step',
      '1h',
      '-o',
      'csv',
    );
    expect(code).toBe(EXIT.incomplete);
    expect(err).toMatch(/dead: no value up to/);
    expect(out.match(/^eu,/gm)).toHaveLength(24);
    expect(out).not.toMatch(/^dead/m);
  });
});

describe('--events', () => {
  const LAUNCH = `events:
  - name: launch
    from: 2026-02-23
    times: 3
    between: [2.5, 3.5]
    markets: [eu]
`;
  const events = file(LAUNCH, 'events.yaml');
  const dated = (id: string): string =>
    csvOf(hourly)
      .split('\n')
      .slice(1, -1)
      .map((row) => `${id},${row}\n`)
      .join('');
  const markets = file(`unique_id,ds,y\n${dated('eu')}${dated('na')}`, 'markets.csv');
  const medians = ({ series }: Json): number[] =>
    series.map(({ forecast }) => forecast.reduce((sum, row) => sum + Number(row['q0.5']), 0));

  it('move the markets that they are of, and no other', async () => {
    const [eu = 0, na = 0] = medians(await json(markets));
    const [launched = 0, same] = medians(await json(markets, '--events', events));
    expect(same).toBe(na);
    expect(launched / eu).toBeGreaterThan(2);
    expect(launched / eu).toBeLessThan(4);
  });

  it('a file of one series is of every market, unless its market is named', async () => {
    const [plain] = medians(await json(load));
    const [moved = 0] = medians(await json(load, '--events', events));
    expect(moved).toBeGreaterThan(2 * (plain ?? 0));
    expect(medians(await json(load, '--events', events, '--market', 'na'))).toEqual([plain]);
    expect(medians(await json(load, '--events', events, '--market', 'eu'))).toEqual([moved]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a file that is not there', [load, '--events', join(folder, 'none.yaml')], /none\.yaml: there is no such file/],
    ['a misspelt field', [load, '--events', file('events:\n  - nam: x\n    from: 2026-02-23\n')], /:2:\d+: .*nam/],
    ['a time that is none', [load, '--events', file('events:\n  - name: x\n    from: soon\n')], /:3:\d+: .*soon/],
    [
      'steps without dates',
      [many, '--step', '1h', '--events', events],
      /--events: the times of many\.csv are numbers without a date/,
    ],
    ['a market without events', [load, '--market', 'eu'], /--market is eu: it only says which events/],
  ])('refuses %s', async (_, argv, says) => {
    const { code, out, err } = await godwit(...argv);
    expect(err).toMatch(says);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
    expect(err).not.toMatch(/internal error/);
  });
});

describe('the page', () => {
  it('needs nothing from outside, and what a file says runs nowhere', async () => {
    const evil = '<script>alert(1)</script>';
    const path = file(`unique_id,ds,y\n${longOf(evil, hourly)}${longOf('x"><i>x', hourly)}`);
    const { out, code } = await godwit(path, '--step', '1h', '--backtest', '2', '-o', 'html');
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).toContain("default-src 'none'");
    expect(out).not.toMatch(/<script|<i>x|https?:\/\/|url\(|<link|<img/);
    expect(out).toContain('&lt;script&gt;');
    expect(out.match(/<svg/g)).toHaveLength(4);
  });

  it('tells in words what it draws, has a table of every step and the scores', async () => {
    const { out } = await godwit(load, '--horizon', '48', '--backtest', '3', '-o', 'html');
    expect(out).toMatch(/role="img" aria-label="load: now .*; the median peaks at/);
    expect(out.match(/<tr><td class="left">2026-/g)).toHaveLength(48);
    expect(out).toMatch(/backtest: sMAPE/);
    expect(out).toContain('prefers-color-scheme:dark');
  });
});

describe('a command line that is wrong exits 64', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['a file that is not there', [join(folder, 'nowhere.csv')], /nowhere\.csv: there is no such file/],
    ['a folder', [folder], /it is a folder/],
    [
      'a horizon of words',
      [load, '--horizon', 'tomorrow'],
      /--horizon is tomorrow: it is no number of steps and no time; write steps like 48/,
    ],
    ['no horizon at all', [load, '--horizon', '0'], /--horizon is 0/],
    [
      'more than a week',
      [load, '--horizon', '8d'],
      /--horizon is 8d \(192 steps of 1h\): it is further than can be told; ask for 7d at most/,
    ],
    ['a step without a unit', [load, '--step', '3600'], /--step is 3600: it is no time; write a number with its unit/],
    ['a step of a day', [load, '--step', '1d'], /--step is 1d: it is too short or too long; a step is from 1m to 1h/],
    [
      'a quantile of 1',
      [load, '--quantiles', '0.5,1'],
      /--quantiles is 1: it is outside of what can be told; they are from 0\.01 to 0\.999/,
    ],
    ['a quantile in percent', [load, '--quantiles', '99'], /--quantiles is 99: .* write 0\.99 for 99%/],
    ['no quantile', [load, '--quantiles', ''], /--quantiles is empty/],
    ['half a season', [load, '--season', '24,week'], /--season is week: it is no length of a season/],
    ['no origin', [load, '--backtest', '0'], /--backtest is 0: .* write one from 1 to 100/],
    [
      'a series that is not there',
      [many, '--step', '1h', '--series', 'us'],
      /many\.csv: has no series us; did you mean eu\?|write one of eu, na/,
    ],
    ['a format nobody knows', [load, '-o', 'yaml'], /Allowed choices are table, csv, json, html/],
  ])('%s', async (_, argv, says) => {
    const { code, out, err } = await godwit(...argv);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\bat .*\.ts:|internal error/);
    expect({ code, out }).toEqual({ code: EXIT.usage, out: '' });
  });

  it('all that is wrong is told at once', async () => {
    const { err } = await godwit(load, '--horizon', 'x', '--quantiles', '2', '--backtest', 'y');
    expect(err.trimEnd().split('\n')).toHaveLength(3);
  });
});
