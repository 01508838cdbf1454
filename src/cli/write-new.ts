import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';

export interface NewFile {
  /** relative to the folder */
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files into a folder, which is made when it is missing. A file is there whole or not at all: each is written
 * under another name and put into place when all are written. Without `overwrite`, one that exists stops all of them
 * and is never touched, not even one that appears in between. Nothing is awaited while there are drafts, so that an
 * interruption comes before the first or after the last of them is gone.
 */
export async function writeNew(
  folder: string,
  files: readonly NewFile[],
  overwrite: boolean,
): Promise<Checked<readonly string[]>> {
  const places = files.map(({ path, text }) => ({ path: join(folder, path), text, draft: '' }));
  const taken = overwrite ? [] : await existing(places.map(({ path }) => path));
  if (taken.length > 0) return bad(alreadyThere(taken));
  const drafts: typeof places = [];
  for (const file of places) {
    // /dev/stdout, a named pipe: to be written to, never to be replaced by a file
    drafts.push({ ...file, draft: (await isDevice(file.path)) ? '' : `${file.path}.${randomUUID()}.tmp` });
  }
  let at = folder;
  try {
    for (const { path } of drafts) {
      at = path;
      await makeFolder(dirname(path));
    }
  } catch (error) {
    return bad(unwritable(at, error));
  }
  try {
    for (const { path, text, draft } of drafts) {
      at = path;
      if (draft === '') writeFileSync(path, text);
      else writeFileSync(draft, text, { flag: 'wx' });
    }
    for (const { path, draft } of drafts) {
      at = path;
      if (draft === '') continue;
      if (overwrite) renameSync(draft, path);
      else putInto(draft, path);
    }
    return good(drafts.map((file) => file.path));
  } catch (error) {
    return bad(unwritable(at, error));
  } finally {
    for (const { draft } of drafts) if (draft !== '') discard(draft);
  }
}

async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

function discard(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // what kept it from being written is told already
  }
}

/** The trouble of a file to be written that is a folder; so is one that does not exist and is written like one. */
export async function folderInPlaceOf(file: string): Promise<Trouble | undefined> {
  const found = await stat(file).catch(() => undefined);
  return (found ? found.isDirectory() : /[\\/]$/.test(file)) ? isFolder(file) : undefined;
}

/** Folder by folder: Node's own recursive mkdir never ends where a parent is there but takes no folders, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    const parent = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || (await existing([parent])).length > 0) throw error;
    await makeFolder(parent);
    await mkdir(folder);
  }
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** A link is refused where a file stands; where links are not known (FAT, some network disks) a rename has to do. */
function putInto(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    renameSync(draft, path);
  }
}

const alreadyThere = ([file = '', ...others]: readonly string[]): Trouble => ({
  file,
  problem: `${['it', ...others].join(' and ')} ${others.length === 0 ? 'is' : 'are'} there already; nothing was written`,
  remedy: 'name another folder, or overwrite with --force',
});

const isFolder = (file: string): Trouble => ({
  file,
  problem: 'it is a folder; nothing was written',
  remedy: 'name a file',
});

function unwritable(file: string, error: unknown): Trouble {
  const code = codeOf(error);
  if (code === 'EEXIST') return alreadyThere([file]);
  if (code === 'EISDIR') return isFolder(file);
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return { file, problem: `it cannot be written (${reason})`, remedy: 'name a folder that you may write to' };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  ENOENT: 'its folder takes no files',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the path is too long',
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
