import type { ObservedSignal } from '../../src/signals/signal.ts';
import { type Asked, type Claim, isAsked, isChosen, type Report } from './asked.ts';
import { besideOf } from './beside.ts';
import { expertsOptions } from './experts.ts';
import type { Method } from './method.ts';
import { type Figures, owaOf, Tally } from './metrics.ts';
import { ours } from './ours.ts';
import { hourly, rolling } from './rolling.ts';
import { byMethod, summaryOf } from './summary.ts';
import { headOf, type Row, rowOf } from './table.ts';
import { rivals, YARDSTICKS } from './yardsticks.ts';

export const HOURLY_STEPS = 48;
const RELATIVE_WANTED = 0.57;
const P99_WANTED = 0.8;
const WORSE_AT_MOST = 1.03;

/** Real load by the hour, 48 hours ahead, from rolling origins over the second half of each series. */
export async function traffic(asked: Asked): Promise<Report> {
  const methods = await methodsOf(asked);
  asked.say(headOf('series, hourly'));
  const rows: Row[] = [];
  const naive2: Figures[] = [];
  for (const one of hourly(asked, (name) => isChosen(asked, name))) {
    const figures = measured(one.signal, methods, asked);
    const yardstick = figures.get('naive2');
    if (!yardstick || yardstick.steps === 0) {
      asked.say(`${one.name}: left out, too short for ${HOURLY_STEPS} steps ahead from its second half`);
      continue;
    }
    naive2.push(yardstick);
    const fresh = [...figures]
      .filter(([method]) => isAsked(asked, method))
      .map(([method, f]): Row => ({ series: one.name, method, figures: f, owa: owaOf([f], [yardstick]) }));
    const all = [...fresh, ...besideOf(asked.beside, 'traffic', fresh, (row) => row.figures.steps)];
    rows.push(...all);
    for (const row of all) asked.say(rowOf(row));
  }
  asked.say('');
  const summaries = [...byMethod(rows)].map(([method, of]) => summaryOf(method, of, naive2));
  for (const summary of summaries) asked.say(rowOf(summary));
  return { part: 'traffic', rows: [...rows, ...summaries], claims: claimsOf(rows, summaries) };
}

/** Ours and the rivals that were asked for; Naive2 always, since OWA is measured against it. */
async function methodsOf(asked: Asked): Promise<Method[]> {
  const options = expertsOptions(asked.experts);
  const all = [...rivals(asked.pastOrigins).values()].filter(({ name }) => name === 'naive2' || isAsked(asked, name));
  return isAsked(asked, 'ours') ? [ours('ours', options), ...all] : all;
}

function measured(signal: ObservedSignal, methods: readonly Method[], { origins, days }: Asked): Map<string, Figures> {
  const tallies = new Map(methods.map(({ name }) => [name, new Tally()]));
  for (const { past, outcome } of rolling(signal, HOURLY_STEPS, origins, days)) {
    for (const method of methods) tallies.get(method.name)?.see(outcome, method.forecast(past, HOURLY_STEPS));
  }
  return new Map([...tallies].map(([name, tally]) => [name, tally.figures()]));
}

function claimsOf(rows: readonly Row[], summaries: readonly Row[]): Claim[] {
  const us = summaries.find((row) => row.method === 'ours');
  if (!us) return [];
  const { relative, p99Loss } = us.figures;
  const claims: Claim[] = [
    {
      what: 'MAE over that of repeating 24 hours, geometric mean',
      wanted: `≤ ${RELATIVE_WANTED}`,
      figure: relative.toFixed(3),
      met: relative <= RELATIVE_WANTED,
    },
  ];
  const augurs = summaries.find((row) => row.method === 'augurs-log');
  if (augurs) {
    const ratio = p99Loss / augurs.figures.p99Loss;
    claims.push({
      what: "pinball loss at P99 over augurs-log's, geometric mean",
      wanted: `≤ ${P99_WANTED}`,
      figure: ratio.toFixed(3),
      met: ratio <= P99_WANTED,
    });
  }
  return [...claims, ...besideYardsticks(rows)];
}

/** Series by series: the MAE over that of the best yardstick that ran. */
function besideYardsticks(rows: readonly Row[]): Claim[] {
  return rows
    .filter((row) => row.method === 'ours')
    .flatMap((row) => {
      const others = rows.filter((r) => r.series === row.series && YARDSTICKS.some((name) => name === r.method));
      const best = others.toSorted((a, b) => a.figures.mae - b.figures.mae)[0];
      if (!best) return [];
      const ratio = row.figures.mae / best.figures.mae;
      return [
        {
          what: `${row.series}: MAE over that of its best yardstick, ${best.method}`,
          wanted: `≤ ${WORSE_AT_MOST}`,
          figure: ratio.toFixed(3),
          met: ratio <= WORSE_AT_MOST,
        },
      ];
    });
}
