import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Clock, Shelf, Shelved } from '../ports.ts';
import { printable } from '../trouble.ts';
import { instant } from '../units.ts';
import { readTextFile } from './files.ts';

export interface ShelfParts {
  /** dates what is put; absent = the system's */
  readonly clock?: Clock;
  /** told once when nothing can be kept, one line; absent = stderr */
  readonly warn?: (line: string) => void;
}

/**
 * A shelf of files, one for each key: `$GODWIT_CACHE_DIR`, else `$XDG_CACHE_HOME/godwit`, else `~/.cache/godwit`.
 *
 * Nothing on it is ever needed, so nothing about it is a failure: a file that was half written, cannot be read, is too
 * large or is dated in the future is as if it were not there, and where nothing can be written the clouds are asked
 * again next time. A reader sees a file as it was before or as it is after, never in between.
 */
export function fileShelf(env: Readonly<Record<string, string | undefined>>, parts: ShelfParts = {}): Shelf {
  const { clock = systemClock, warn = toStderr } = parts;
  const folder = shelfFolder(env);
  let prepared: Promise<void> | undefined;
  let warned = false;
  return {
    async get(key) {
      const text = await readTextFile(join(folder, fileNameOf(key)), LARGEST + LONGEST_HEADER);
      const kept = text.ok ? opened(key, text.value) : undefined;
      return kept && kept.at <= clock.now() + CLOCK_SKEW_MS ? kept : undefined;
    },
    async put(key, text) {
      if (Buffer.byteLength(text) > LARGEST) return;
      try {
        await (prepared ??= prepare(folder));
        await replace(folder, fileNameOf(key), closed(key, { text, at: clock.now() }));
      } catch (error) {
        prepared = undefined; // the folder may be there again next time
        if (!warned)
          warn(`nothing is kept for the next run: ${reasonOf(error)}; set GODWIT_CACHE_DIR to a folder of yours`);
        warned = true;
      }
    },
  };
}

/** A shelf for one process. */
export function memoryShelf(clock: Clock): Shelf {
  const kept = new Map<string, Shelved>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, text) => void kept.set(key, { text, at: clock.now() }),
  };
}

export function shelfFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['GODWIT_CACHE_DIR']) return resolve(env['GODWIT_CACHE_DIR']);
  // the XDG base directory specification: a path that is not absolute is to be ignored
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  return isAbsolute(xdg) ? join(xdg, 'godwit') : join(env['HOME'] || home(), '.cache', 'godwit');
}

/** A container may run as a user that no list knows: then nothing can be kept, and that is said when it is tried. */
function home(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** The largest price list, Azure's with all regions, is about 30 MB. */
const LARGEST = 64 * 2 ** 20;
const LONGEST_HEADER = 4096;
const CLOCK_SKEW_MS = 15 * 60 * 1000;
/** A writer is done in seconds; what it leaves behind when it is killed is cleared away later. */
const LEFT_BEHIND_MS = 3_600_000;

const systemClock: Clock = { now: () => instant(Date.now()) };
const toStderr = (line: string): void => void process.stderr.write(`godwit: ${line}\n`);

/** Readable, and safe on every file system: keys hold account names, which are anybody's. */
function fileNameOf(key: string): string {
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
  return `${readable}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}

/** One line of what it is, then the text; the length tells a file that was cut short. */
const closed = (key: string, { text, at }: Shelved): string =>
  `${JSON.stringify({ schemaVersion: 1, key, at, bytes: Buffer.byteLength(text) })}\n${text}`;

function opened(key: string, file: string): Shelved | undefined {
  const end = file.indexOf('\n');
  const text = file.slice(end + 1);
  try {
    const header = JSON.parse(file.slice(0, Math.max(0, end))) as Readonly<Record<string, unknown>> | null;
    if (header?.['schemaVersion'] !== 1 || header['key'] !== key) return undefined;
    if (header['bytes'] !== Buffer.byteLength(text)) return undefined;
    return { text, at: instant(Number(header['at'])) };
  } catch {
    return undefined;
  }
}

async function prepare(folder: string): Promise<void> {
  await folderAt(folder);
  for (const name of (await readdir(folder)).filter((entry) => entry.endsWith('.tmp'))) {
    const path = join(folder, name);
    const since = await stat(path).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > LEFT_BEHIND_MS) await unlink(path).catch(() => undefined);
  }
}

/**
 * Node's own `recursive` tries for ever where a folder is there and lets nothing be made in it, as /proc does.
 */
async function folderAt(path: string, parentIsThere = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path).catch(() => undefined))?.isDirectory()) return;
    if (code !== 'ENOENT' || parentIsThere || dirname(path) === path) throw error;
    await folderAt(dirname(path));
    await folderAt(path, true);
  }
}

async function replace(folder: string, name: string, text: string): Promise<void> {
  const draft = join(folder, `${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, join(folder, name));
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

const reasonOf = (error: unknown): string => printable(error instanceof Error ? error.message : String(error));
