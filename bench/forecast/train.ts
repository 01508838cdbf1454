import { join } from 'node:path';
import type { Asked, Report } from './asked.ts';
import { expertsOptions } from './experts.ts';
import { readLong } from './long.ts';

const WANTED_S = 60;

/** How long it takes to learn the pretrained experts anew, from the training part of M4's hourly series. */
export function train(asked: Asked): Report {
  const series = readLong(join(asked.folder, 'm4_hourly_train.csv'));
  if (!series) {
    asked.say(`train: left out, m4_hourly_train.csv is not in ${asked.folder}`);
    return { part: 'train', rows: [], claims: [] };
  }
  const began = performance.now();
  expertsOptions([...series.values()]);
  const wallS = (performance.now() - began) / 1000;
  const what = `experts learnt from ${series.size} series`;
  const claim = { what, wanted: `≤ ${WANTED_S} s`, figure: `${wallS.toFixed(1)} s`, met: wallS <= WANTED_S };
  return { part: 'train', rows: [{ what, wallS }], claims: [claim] };
}
