import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).href;
/** The process's entry as bin/godwit.js starts it; says on stderr when it has begun. */
const ENTRY = `const { main } = await import(${JSON.stringify(MAIN)});
process.argv.splice(1, 0, 'godwit');
const done = main(); process.stderr.write('begun\\n'); await done;`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

type Stream = 'pipe' | 'closed' | number;

function godwit(
  argv: readonly string[],
  streams: { out?: Stream; err?: Stream },
  interrupt = false,
  before = '',
): Promise<Ended> {
  const { out = 'pipe', err = 'pipe' } = streams;
  const stdio = [out, err].map((stream) => (stream === 'closed' ? 'pipe' : stream));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', before + ENTRY, '--', ...argv],
    // kept open: what reads stdin waits
    { stdio: ['pipe', ...stdio] },
  );
  if (out === 'closed') child.stdout?.destroy();
  if (err === 'closed') child.stderr?.destroy();
  const told = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => void (told.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => {
    told.err += chunk.toString();
    if (interrupt && told.err.includes('begun')) child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out: told.out, err: told.err.replace('begun\n', '') }));
  });
}

describe('the process', () => {
  it.skipIf(!existsSync('/dev/full'))('says in one line that stdout takes no more, and exits 1', async () => {
    const ended = await godwit(['schema'], { out: openSync('/dev/full', 'w') });
    expect(ended).toEqual({ code: 1, out: '', err: 'godwit: stdout cannot be written (the disk is full)\n' });
  });

  it.each<[string, readonly string[], { out?: Stream; err?: Stream }, number]>([
    ['nobody reads stdout', ['schema'], { out: 'closed' }, 0],
    ['nobody reads stderr', ['plan', 'nowhere.yaml'], { err: 'closed' }, 64],
    ['nobody reads either', ['plan', 'nowhere.yaml'], { out: 'closed', err: 'closed' }, 64],
  ])('keeps its exit code when %s', async (_why, argv, streams, code) => {
    expect(await godwit(argv, streams)).toEqual({ code, out: '', err: '' });
  });

  it('ends with its command, whatever still holds a socket open, with all that it had to say', async () => {
    const before =
      'const { createServer, connect } = await import("node:net"); const silent = createServer(); ' +
      'silent.listen(0, "127.0.0.1", () => connect(silent.address().port, "127.0.0.1"));';
    const { code, out, err } = await godwit(['schema'], {}, false, before);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toHaveProperty('properties');
  });

  it.each([
    ['keeps', 'MetadataLookupWarning', false],
    ['passes on', 'SomeWarning', true],
  ])('%s a %s of a library', async (_what, name, shown) => {
    const before =
      'const write = process.stderr.write; process.stderr.write = (text, ...rest) => { ' +
      `if (text === 'begun\\n') process.emitWarning('received unexpected error', '${name}'); ` +
      'return write.call(process.stderr, text, ...rest); };';
    const { err } = await godwit(['validate', 'examples/im-fleet/fleet.yaml'], {}, false, before);
    expect(err.includes('received unexpected error')).toBe(shown);
  });

  it.each([
    ['while it waits for stdin', ['assess']],
    ['as it begins to place', ['place', 'examples/place/problem.json', '--full']],
  ])('exits 130 when it is interrupted %s', async (_, argv) => {
    expect(await godwit(argv, {}, true)).toEqual({ code: 130, out: '', err: '' });
  });
});
