import { join } from 'node:path';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { type Asked, type Claim, isAsked, isChosen, type Report } from './asked.ts';
import { expertsOptions } from './experts.ts';
import type { Method } from './method.ts';
import { type Figures, owaOf, Tally } from './metrics.ts';
import { ours } from './ours.ts';
import { windowOf } from './past.ts';
import { readLong } from './long.ts';
import { byMethod, summaryOf } from './summary.ts';
import { headOf, type Row, rowOf } from './table.ts';
import { rivals } from './yardsticks.ts';

const RIVALS = ['naive-24', 'naive-168', 'naive2', 'augurs', 'augurs-log'];
/**
 * What is aimed at, of a file that experts are trained on and of experts of other series. The competition's best entry
 * (Doornik, CARD, on all 414 series) has OWA 0.410, MASE 0.801, MSIS 6.14; statistics alone have 0.44.
 */
const WANTED: Readonly<Record<string, { owa: number; mase?: number; msis?: number }>> = {
  ours: { owa: 0.37, mase: 0.7, msis: 5.4 },
  'ours-shipped': { owa: 0.44 },
};

/**
 * The hourly series of the M4 competition, 48 steps ahead from the end of the training part.
 *
 * Published over all 414 of them, sMAPE / MASE: Naive2 18.383 / 2.395, repeating 24 hours 13.912 / 1.193; best entry
 * 8.913 / 0.801, OWA 0.410.
 */
export async function m4(asked: Asked): Promise<Report> {
  const training = readLong(join(asked.folder, 'm4_hourly_train.csv'));
  const tests = readLong(join(asked.folder, 'm4_hourly_test.csv'));
  if (!training || !tests) {
    asked.say(`m4: left out, m4_hourly_train.csv and m4_hourly_test.csv are not in ${asked.folder}`);
    return { part: 'm4', rows: [], claims: [] };
  }
  const methods = await methodsOf(asked, [...training.values()]);
  const rows: Row[] = [];
  const naive2: Figures[] = [];
  for (const [id, signal] of training) {
    const was = tests.get(id)?.values;
    if (!was || !isChosen(asked, id)) continue;
    const { past, outcome } = windowOf(signal, was);
    const each = methods.map((method) => {
      const tally = new Tally();
      tally.see(outcome, method.forecast(past, was.length));
      return { method: method.name, figures: tally.figures() };
    });
    const yardstick = each.find(({ method }) => method === 'naive2')?.figures;
    if (!yardstick) continue;
    naive2.push(yardstick);
    for (const { method, figures } of each)
      if (isAsked(asked, method)) rows.push({ series: id, method, figures, owa: owaOf([figures], [yardstick]) });
  }
  asked.say(headOf('m4 hourly'));
  const summaries = [...byMethod(rows)].map(([method, of]) => summaryOf(method, of, naive2));
  for (const summary of summaries) asked.say(rowOf(summary));
  return { part: 'm4', rows: [...rows, ...summaries], claims: summaries.flatMap(claimsOf) };
}

/** `ours` with experts trained on the training part, `ours-shipped` with the package's, `ours-alone` with none. */
async function methodsOf(asked: Asked, training: readonly ObservedSignal[]): Promise<Method[]> {
  const methods: Method[] = [];
  for (const [name, choice] of [
    ['ours', training],
    ['ours-shipped', 'shipped'],
    ['ours-alone', 'none'],
  ] as const) {
    if (!isAsked(asked, name)) continue;
    const began = performance.now();
    const options = expertsOptions(choice);
    if (choice === training) asked.say(`experts trained on ${training.length} series in ${since(began)} s`);
    methods.push(ours(name, options));
  }
  const others = [...rivals(asked.pastOrigins).values()].filter(({ name }) => RIVALS.includes(name));
  return [...methods, ...others.filter(({ name }) => name === 'naive2' || isAsked(asked, name))];
}

function claimsOf({ method, figures, owa }: Row): Claim[] {
  const wanted = WANTED[method];
  if (!wanted) return [];
  const claim = (what: string, most: number | undefined, figure: number, digits: number): Claim[] =>
    most === undefined
      ? []
      : [{ what: `${method}: ${what}`, wanted: `≤ ${most}`, figure: figure.toFixed(digits), met: figure <= most }];
  return [
    ...claim('OWA', wanted.owa, owa, 3),
    ...claim('MASE', wanted.mase, figures.mase, 3),
    ...claim('MSIS at 95%', wanted.msis, figures.msis, 2),
  ];
}

const since = (began: number): string => ((performance.now() - began) / 1000).toFixed(1);
