import { join } from 'node:path';
import { EXIT, type ExitCode } from '../trouble.ts';
import { instant } from '../units.ts';
import { refuse, type Declare, type Io } from './io.ts';

/** `godwit init [dir]`: a fleet to start from that can be planned at once. */
export const declareInit: Declare = (program, io, finish) => {
  program
    .command('init')
    .argument('[dir]', 'folder to write to', '.')
    .option('--force', 'overwrite files that are there already')
    .description('write a fleet file to start from, with made-up load, that can be planned at once')
    .addHelpText('after', EXIT_CODES)
    .action(async (dir: string, { force = false }: { force?: boolean }) => finish(await init(io, dir, force)));
};

const EXIT_CODES = `
Exit codes: 0 the files are written · 64 they are there already (see --force) or cannot be written, and nothing was`;

async function init(io: Io, dir: string, force: boolean): Promise<ExitCode> {
  const [{ starterFiles }, { writeNew }] = await Promise.all([import('../fleet/starter.ts'), import('./write-new.ts')]);
  const files = starterFiles(instant(Date.now()));
  const written = await writeNew(dir, files, force);
  if (!written.ok) return refuse(io, written.troubles);
  const wide = Math.max(...written.value.map((path) => path.length));
  written.value.forEach((path, i) => io.out(`${path.padEnd(wide)}  ${files[i]?.what ?? ''}\n`));
  const fleet = join(dir, 'fleet.yaml');
  io.err(`next: godwit validate ${fleet}, then godwit plan ${fleet} --offline\n`);
  return EXIT.ok;
}
