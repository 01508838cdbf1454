import { readFileSync } from 'node:fs';
import { decoded } from '../forecast/linear/encoded.ts';
import type { LinearExperts } from '../forecast/linear/linear-experts.ts';
import { packagedFolder } from './packaged.ts';

let known: LinearExperts | undefined;

/** The pretrained linear experts that the package carries in `data/forecast/`; read once a process. */
export function loadExperts(): LinearExperts {
  known ??= decoded(readFileSync(new URL('linear-experts.bin', packagedFolder('forecast'))));
  return known;
}
