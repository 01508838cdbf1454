import { open, type FileHandle } from 'node:fs/promises';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';

/** Largest text file a command reads unless it asks for more: ten years of 5-minute samples are about 30 MB. */
const LARGEST = 64 * 2 ** 20;

/**
 * A UTF-8 text file, its byte order mark taken off. A file that is missing, a folder, unreadable, too large or not
 * UTF-8 is one trouble.
 *
 * @param path as the user named it
 * @param largest bytes
 */
export async function readTextFile(path: string, largest: number = LARGEST): Promise<Checked<string>> {
  try {
    const handle = await open(path, 'r');
    try {
      return await readOpen(handle, path, largest);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return bad(unreadable(path, error));
  }
}

async function readOpen(handle: FileHandle, path: string, largest: number): Promise<Checked<string>> {
  const stat = await handle.stat();
  if (stat.isDirectory()) return bad({ file: path, problem: 'it is a folder', remedy: 'name a file in it' });
  const bytes = await readAtMost(handle, largest);
  if (bytes === undefined) {
    return bad({ file: path, problem: `it is larger than ${sizeOf(largest)}`, remedy: 'name a smaller file' });
  }
  return decoded(bytes, path);
}

/** Reads one byte past the limit at most: a pipe or a device does not tell its size beforehand. */
async function readAtMost(handle: FileHandle, largest: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(64 * 1024, largest + 1 - size)));
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    if (size > largest) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function decoded(bytes: Buffer, path: string): Checked<string> {
  try {
    return good(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return bad({ file: path, problem: 'it is not UTF-8 text', remedy: 'save it as UTF-8' });
  }
}

export const NO_SUCH_FILE = 'there is no such file';

const FAULTS: Readonly<Record<string, Pick<Trouble, 'problem' | 'remedy'>>> = {
  ENOENT: { problem: NO_SUCH_FILE, remedy: 'check the path' },
  ENOTDIR: { problem: 'a part of the path is not a folder', remedy: 'check the path' },
  EISDIR: { problem: 'it is a folder', remedy: 'name a file in it' },
  EACCES: { problem: 'it may not be read', remedy: 'allow this user to read it' },
  EPERM: { problem: 'it may not be read', remedy: 'allow this user to read it' },
  ELOOP: { problem: 'its symbolic links go in a circle', remedy: 'check the path' },
  ENAMETOOLONG: { problem: 'the path is too long', remedy: 'check the path' },
};

function unreadable(path: string, error: unknown): Trouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = FAULTS[code];
  if (known) return { file: path, ...known };
  const reason = error instanceof Error ? error.message : String(error);
  return { file: path, problem: `it cannot be read (${reason})`, remedy: 'check the path and the disk' };
}

const sizeOf = (bytes: number): string => `${Number((bytes / 2 ** 20).toFixed(1))} MB`;
