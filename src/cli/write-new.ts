import { randomUUID } from 'node:crypto';
import { access, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
 * and is never touched, not even one that appears in between.
 */
export async function writeNew(
  folder: string,
  files: readonly NewFile[],
  overwrite: boolean,
): Promise<Checked<readonly string[]>> {
  const places = files.map(({ path, text }) => ({ path: join(folder, path), text, draft: '' }));
  const taken = overwrite ? [] : await existing(places.map(({ path }) => path));
  if (taken.length > 0) return bad(alreadyThere(taken));
  const drafts = places.map((file) => ({ ...file, draft: `${file.path}.${randomUUID()}.tmp` }));
  let at = folder;
  try {
    for (const { path, text, draft } of drafts) {
      at = path;
      await makeFolder(dirname(path));
      await writeFile(draft, text, { flag: 'wx' });
    }
    for (const { path, draft } of drafts) {
      at = path;
      await (overwrite ? rename(draft, path) : putInto(draft, path));
    }
    return good(drafts.map((file) => file.path));
  } catch (error) {
    return bad(unwritable(at, error));
  } finally {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true }).catch(() => undefined)));
  }
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
async function putInto(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    await rename(draft, path);
  }
}

const alreadyThere = ([file = '', ...others]: readonly string[]): Trouble => ({
  file,
  problem: `${['it', ...others].join(' and ')} ${others.length === 0 ? 'is' : 'are'} there already; nothing was written`,
  remedy: 'name another folder, or overwrite with --force',
});

function unwritable(file: string, error: unknown): Trouble {
  const code = codeOf(error);
  if (code === 'EEXIST' || code === 'EISDIR') return alreadyThere([file]);
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
