import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTextFile } from '../../src/world/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

test('a text comes back as it was written, without its byte order mark', async () => {
  expect(await readTextFile(put('plain', 'grüße\r\n'))).toEqual({ ok: true, value: 'grüße\r\n' });
  expect(await readTextFile(put('bom', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)))).toEqual({ ok: true, value: 'a' });
  expect(await readTextFile(put('empty', ''))).toEqual({ ok: true, value: '' });
  const long = 'x'.repeat(200_000);
  expect(await readTextFile(put('long', long))).toEqual({ ok: true, value: long });
});

test('a file exactly at the limit is read, one byte more is not', async () => {
  const path = put('limit', '12345');
  expect(await readTextFile(path, 5)).toEqual({ ok: true, value: '12345' });
  expect(await readTextFile(path, 4)).toMatchObject({ ok: false });
});

const loop = join(folder, 'loop');
symlinkSync(loop, loop);

test.each([
  [join(folder, 'missing'), 'there is no such file'],
  [folder, 'it is a folder'],
  [join(put('file', ''), 'below'), 'a part of the path is not a folder'],
  [put('latin1', Uint8Array.of(0x67, 0xfc)), 'it is not UTF-8 text'],
  [put('utf16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)), 'it is not UTF-8 text'],
  [loop, 'its symbolic links go in a circle'],
  [join(folder, 'x'.repeat(5000)), 'the path is too long'],
  [`${folder}/nul\0byte`, 'it cannot be read'],
])('%s: %s', async (path, problem) => {
  const read = await readTextFile(path);
  expect(read.ok).toBe(false);
  if (read.ok) return;
  expect(read.troubles).toHaveLength(1);
  expect(read.troubles[0]).toMatchObject({ file: path, problem: expect.stringContaining(problem) as string });
});
