import type { Candidate } from '../problem.ts';
import type { Grain } from './options.ts';

/**
 * Which offerings may stand together in a linear program, from fine to coarse: each alone, those of like shape at a
 * location, all of a location. At [o] the number of the cell of offering o.
 */
export function cellKeysOf(offerings: readonly Candidate[], fine: Grain): readonly Int32Array[] {
  return [Int32Array.from(offerings.keys()), numbered(offerings, (o, i) => `${fine.of[i]} ${shapeOf(o)}`), fine.of];
}

/** Memory a core, to the nearest half power of two: nodes of one shape hold alike, whatever their size. */
function shapeOf({ arch, gpu, allocatable }: Candidate): string {
  const ratio = Math.round(2 * Math.log2(Math.max(1, allocatable.memory) / Math.max(1, allocatable.cpu)));
  return `${arch} ${gpu?.name ?? ''} ${ratio}`;
}

function numbered(offerings: readonly Candidate[], keyOf: (o: Candidate, i: number) => string): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(offerings, (o, i) => {
    const key = keyOf(o, i);
    const at = known.get(key) ?? known.size;
    known.set(key, at);
    return at;
  });
}
