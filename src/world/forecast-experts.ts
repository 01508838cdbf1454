import { existsSync, readFileSync } from 'node:fs';
import { decoded } from '../forecast/linear/encoded.ts';
import type { LinearExperts } from '../forecast/linear/linear-experts.ts';

let known: LinearExperts | undefined;

/** The pretrained linear experts that the package carries in `data/forecast/`; read once a process. */
export function loadExperts(): LinearExperts {
  known ??= decoded(readFileSync(new URL('linear-experts.bin', packagedFolder())));
  return known;
}

/** Beside the sources or the compiled package. */
function packagedFolder(): URL {
  const candidates = ['../../data/forecast/', '../../../data/forecast/'].map((path) => new URL(path, import.meta.url));
  return candidates.find((folder) => existsSync(folder)) ?? new URL('../../data/forecast/', import.meta.url);
}
