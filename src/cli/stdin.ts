import type { Readable } from 'node:stream';
import { bad, good, type Checked } from '../trouble.ts';

/**
 * All of a stream as text: UTF-8, or UTF-16 where its byte order mark says so, as Windows PowerShell writes it.
 *
 * @param largest bytes
 */
export async function readStream(stream: Readable, file: string, largest: number): Promise<Checked<string>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > largest) {
      return bad({
        file,
        problem: `it is larger than ${Math.round(largest / 2 ** 20)} MB`,
        remedy: 'hand over less at a time',
      });
    }
    chunks.push(bytes);
  }
  return decoded(Buffer.concat(chunks), file);
}

function decoded(bytes: Buffer, file: string): Checked<string> {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return good(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return bad({ file, problem: 'it is not UTF-8 text', remedy: 'hand it over as UTF-8, unchanged' });
  }
}
