import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).href;
const ENTRY = `const { main } = await import(${JSON.stringify(MAIN)}); process.argv.splice(1, 0, 'godwit'); await main();`;
const SERIES = readFileSync('examples/forecast/markets.csv');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The process with a file piped in; `reads`: how many bytes of its answer are wanted before the pipe is closed. */
function piped(argv: readonly string[], input: Buffer | string, reads = Infinity): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', ENTRY, '--', ...argv]);
  const told = { out: '', err: '' };
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  child.stdout.on('data', (chunk: Buffer) => {
    told.out += chunk.toString();
    if (told.out.length >= reads) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => void (told.err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...told }));
  });
}

describe('godwit forecast -', () => {
  it('reads stdin, and prints no colour into a pipe', async () => {
    const { code, out, err } = await piped(['forecast', '-', '--limit', '1'], SERIES);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Forecast of eu {2}from stdin\n/);
    expect(out).not.toContain('\u001b');
  });

  it('ends quietly when nobody reads on', async () => {
    const { code, err } = await piped(['forecast', '-', '--horizon', '7d', '-o', 'json'], SERIES, 1);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /^godwit: stdin: is empty; .*\n$/],
    ['what is no text', Buffer.from([0x80, 0x81, 0x0a]), /^godwit: stdin: it is not UTF-8 text; .*\n$/],
  ])('refuses %s in one line', async (_, input, says) => {
    const { code, out, err } = await piped(['forecast', '-'], input);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toMatch(says);
    expect(err).not.toContain('kubectl');
  });
});
