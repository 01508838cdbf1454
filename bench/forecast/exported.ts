import { existsSync } from 'node:fs';

/** A function of a module that an older tree may not have, so that one bench measures both; undefined where it lacks. */
export async function exported(file: URL, name: string): Promise<((...given: unknown[]) => never) | undefined> {
  if (!existsSync(file)) return undefined;
  const module = (await import(file.href)) as Record<string, unknown>;
  const found = module[name];
  return typeof found === 'function' ? (found as (...given: unknown[]) => never) : undefined;
}
