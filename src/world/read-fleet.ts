import type { Fleet } from '../fleet/fleet.ts';
import { bad, type Checked, type Trouble } from '../trouble.ts';
import { NO_SUCH_FILE, readTextFile } from './files.ts';

/** Larger than any fleet file may be, so that the reader itself says what is too long. */
const LARGEST_BYTES = 8 * 2 ** 20;

/** The fleet file that every command starts from. Paths in it are relative to its folder. */
export async function readFleetFile(path: string): Promise<Checked<Fleet>> {
  const text = await readTextFile(path, LARGEST_BYTES);
  if (!text.ok) return bad(...text.troubles.map(pointToInit));
  const { readFleet } = await import('../fleet/read.ts');
  return readFleet(text.value, path);
}

const pointToInit = (trouble: Trouble): Trouble =>
  trouble.problem === NO_SUCH_FILE
    ? { ...trouble, remedy: 'check the path, or write a fleet file to start from with godwit init' }
    : trouble;
