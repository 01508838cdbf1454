import { existsSync } from 'node:fs';

/**
 * A folder of `data/` at the package's root. This file runs from `src/` and, compiled, from `dist/src/`, so the folder is
 * two or three levels up; the first that is there is it.
 */
export function packagedFolder(name: 'catalog' | 'events' | 'forecast'): URL {
  const candidates = ['../../', '../../../'].map((root) => new URL(`${root}data/${name}/`, import.meta.url));
  return candidates.find((folder) => existsSync(folder)) ?? new URL(`../../data/${name}/`, import.meta.url);
}
