import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * The regular files of a gzipped tar, by name. POSIX ustar: a header of 512 bytes (name at 0, size in octal at 124, kind
 * at 156, a prefix of the name at 345), then the content, filled up to whole blocks.
 * Source: pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, `ustar Interchange Format`
 */
export function untarred(gzipped: Buffer): Map<string, string> {
  const bytes = gunzipSync(gzipped);
  const files = new Map<string, string>();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    const text = (from: number, length: number): string =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    if (!Number.isFinite(size)) throw new Error(`byte ${at} of the archive is no tar header`);
    const kind = text(156, 1);
    const prefix = text(345, 155);
    const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    if (kind === '0' || kind === '') files.set(name, bytes.toString('utf8', at + BLOCK, at + BLOCK + size));
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return files;
}
