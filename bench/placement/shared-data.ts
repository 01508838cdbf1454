import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LeftOut } from './instance.ts';

/** Data that is too large, or not ours, to carry in the package: `../shared/data` from the project's root. */
export function sharedData(file: string): string {
  return fileURLToPath(new URL(`../../../shared/data/${file}`, import.meta.url));
}

export function withData<T>(file: string, make: () => T): T | LeftOut {
  return existsSync(sharedData(file)) ? make() : { leftOut: `../shared/data/${file} is not there` };
}
