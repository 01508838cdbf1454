import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Shelf } from '../../src/ports.ts';
import { instant } from '../../src/units.ts';
import { fileShelf, memoryShelf, shelfFolder } from '../../src/world/shelf.ts';

const root = mkdtempSync(join(tmpdir(), 'godwit-shelf-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const freshFolder = (): string => join(root, String((folders += 1)), 'not', 'yet', 'there');

const NOW = instant(Date.UTC(2026, 0, 5));
const clock = { now: () => NOW };
const KEY = 'aws/1234/us-east-1/prices';

function shelfAt(folder: string, now = NOW) {
  const warnings: string[] = [];
  const shelf = fileShelf({ GODWIT_CACHE_DIR: folder }, { clock: { now: () => now }, warn: (w) => warnings.push(w) });
  return { shelf, warnings };
}
const only = (folder: string): string => join(folder, readdirSync(folder)[0] ?? 'nothing');

describe('a folder that cannot be made', () => {
  // a system without /proc has no such folder
  it.skipIf(!existsSync('/proc/self'))(
    'where one is there that lets nothing be made in it is given up at once',
    async () => {
      const { shelf, warnings } = shelfAt('/proc/nowhere/godwit');
      await shelf.put(KEY, 'text');
      expect(warnings).toEqual([expect.stringMatching(/^nothing is kept for the next run: .*; set GODWIT_CACHE_DIR/)]);
    },
  );
});

describe.each([
  ['of files', (): Shelf => shelfAt(freshFolder()).shelf],
  ['of one process', (): Shelf => memoryShelf(clock)],
])('a shelf %s', (_name, make) => {
  it('gives back what was put, with its time, and nothing where nothing was', async () => {
    const shelf = make();
    expect(await shelf.get(KEY)).toBeUndefined();
    await shelf.put(KEY, 'grüße\n\r\n');
    expect(await shelf.get(KEY)).toEqual({ text: 'grüße\n\r\n', at: NOW });
    await shelf.put(KEY, '');
    expect(await shelf.get(KEY)).toEqual({ text: '', at: NOW });
  });

  it('keeps keys apart, whatever they hold', async () => {
    const odd = [
      'aws/-/-/x',
      'AWS/-/-/x',
      'aws/-/-/X',
      'aws---x',
      '../../../etc/passwd',
      '',
      '/',
      'a\0b',
      'a\nb',
      'käse',
      'k'.repeat(5000),
      `${'k'.repeat(5000)}2`,
      'con',
      '__proto__',
    ];
    const shelf = make();
    for (const key of odd) await shelf.put(key, `text of ${key}`);
    for (const key of odd) expect((await shelf.get(key))?.text).toBe(`text of ${key}`);
  });
});

describe('a shelf of files', () => {
  it('is read by another process', async () => {
    const folder = freshFolder();
    await shelfAt(folder).shelf.put(KEY, 'text');
    expect(await shelfAt(folder).shelf.get(KEY)).toEqual({ text: 'text', at: NOW });
  });

  it('is nobody else’s to read, and stays in its folder', async () => {
    const folder = freshFolder();
    await shelfAt(folder).shelf.put('../../../escaped', 'text');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(only(folder)).mode & 0o777).toBe(0o600);
  });

  const spoil: readonly [string, (whole: string) => string][] = [
    ['half written', (whole) => whole.slice(0, whole.length - 3)],
    ['longer than it was', (whole) => `${whole}more`],
    ['empty', () => ''],
    ['no header', () => 'text'],
    ['of another version', (whole) => whole.replace('"schemaVersion":1', '"schemaVersion":2')],
    ['of another key', (whole) => whole.replace('us-east-1', 'us-east-2')],
    ['without a time', (whole) => whole.replace(/"at":\d+/, '"at":"soon"')],
    ['JSON that is no object', () => 'null\ntext'],
  ];
  it.each(spoil)('a file that is %s is as if it were not there, and is replaced', async (_name, change) => {
    const folder = freshFolder();
    const { shelf, warnings } = shelfAt(folder);
    await shelf.put(KEY, 'text');
    writeFileSync(only(folder), change(readFileSync(only(folder), 'utf8')));
    expect(await shelf.get(KEY)).toBeUndefined();
    await shelf.put(KEY, 'again');
    expect((await shelf.get(KEY))?.text).toBe('again');
    expect(warnings).toEqual([]);
  });

  it('what was put by a clock that ran ahead is not fresh for ever: it is as if it were not there', async () => {
    const folder = freshFolder();
    await shelfAt(folder, instant(NOW + 10 * 86_400_000)).shelf.put(KEY, 'text');
    expect(await shelfAt(folder).shelf.get(KEY)).toBeUndefined();
    await shelfAt(folder, instant(NOW + 60_000)).shelf.put(KEY, 'a minute ahead');
    expect((await shelfAt(folder).shelf.get(KEY))?.text).toBe('a minute ahead');
  });

  it('does not keep what is too large, and does not fail', async () => {
    const { shelf, warnings } = shelfAt(freshFolder());
    await shelf.put(KEY, 'x'.repeat(64 * 2 ** 20 + 1));
    expect(await shelf.get(KEY)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('a folder that cannot be written is told once and is no failure', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    const { shelf, warnings } = shelfAt(join(file, 'below'));
    await shelf.put(KEY, 'text');
    await shelf.put(KEY, 'text');
    expect(await shelf.get(KEY)).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^nothing is kept for the next run: .*; set GODWIT_CACHE_DIR/);
  });

  it('a folder that comes back is written to again', async () => {
    const folder = freshFolder();
    const { shelf } = shelfAt(folder);
    await shelf.put(KEY, 'text');
    rmSync(folder, { recursive: true });
    await shelf.put(KEY, 'lost');
    await shelf.put(KEY, 'again');
    expect((await shelf.get(KEY))?.text).toBe('again');
  });

  it('leaves no drafts behind, and clears away those of writers that were killed', async () => {
    const folder = freshFolder();
    mkdirSync(folder, { recursive: true });
    for (const name of ['old.tmp', 'new.tmp']) writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, 'old.tmp'), new Date(0), new Date(0));
    const { shelf } = shelfAt(folder);
    await shelf.put(KEY, 'text');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual(['new.tmp']);
  });

  it('many writers at once: a reader sees one of the texts whole', async () => {
    const folder = freshFolder();
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000));
    const reads: (string | undefined)[] = [];
    await Promise.all(
      texts.map(async (text) => {
        const { shelf } = shelfAt(folder);
        await shelf.put(KEY, text);
        reads.push((await shelf.get(KEY))?.text);
      }),
    );
    for (const read of reads) expect(texts).toContain(read);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('gives back any text', async () => {
    const { shelf } = shelfAt(freshFolder());
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        await shelf.put(KEY, text);
        expect((await shelf.get(KEY))?.text).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});

describe('where it lies', () => {
  it.each([
    [{ GODWIT_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/godwit'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/c' }, '/c/.cache/godwit'],
    [{ GODWIT_CACHE_DIR: '', XDG_CACHE_HOME: '', HOME: '/c' }, '/c/.cache/godwit'],
    [{}, join(homedir(), '.cache/godwit')],
  ])('%o: %s', (env, folder) => {
    expect(shelfFolder(env)).toBe(folder);
  });

  it.skipIf(process.getuid?.() === 0)('an unreadable file is as if it were not there', async () => {
    const folder = freshFolder();
    const { shelf } = shelfAt(folder);
    await shelf.put(KEY, 'text');
    chmodSync(only(folder), 0);
    expect(await shelf.get(KEY)).toBeUndefined();
  });
});
