import { bad, good, type Checked } from '../../src/trouble.ts';
import { instant, type Instant } from '../../src/units.ts';
import type { AvailabilityTrace } from './setup.ts';

/** Where and from when on a trace holds. */
interface TracePlace extends Omit<AvailabilityTrace, 'points'> {
  readonly from: Instant;
  /** the trace's nodes are multiplied by it, for a fleet larger than the probe was; 1 */
  readonly times?: number;
}

/**
 * A measured availability trace as "Can't Be Late" (Wu et al., NSDI 2024) publishes them: JSON of
 * `{ metadata: { gap_seconds }, data: [nodes that could be had, …] }`, one figure every gap.
 *
 * @param file as the user named it
 */
export function readAvailability(file: string, text: string, place: TracePlace): Checked<AvailabilityTrace> {
  const { from, times = 1, ...where } = place;
  const read = parsed(text);
  if (read === undefined) return wrong(file, 'it is not JSON');
  const gapS = member(member(read, 'metadata'), 'gap_seconds');
  if (typeof gapS !== 'number' || !(gapS > 0)) return wrong(file, 'metadata.gap_seconds is no time above 0');
  const nodes = member(read, 'data');
  if (!Array.isArray(nodes) || nodes.length === 0) return wrong(file, 'data is no list of figures');
  const points: AvailabilityTrace['points'][number][] = [];
  for (const [i, count] of nodes.entries()) {
    if (!isCount(count)) return wrong(file, `data[${i}] is no number of nodes: ${JSON.stringify(count)}`);
    const scaled = Math.floor(count * times);
    if (points.at(-1)?.nodes !== scaled)
      points.push({ at: instant(Math.round(from + i * gapS * 1000)), nodes: scaled });
  }
  return good({ ...where, points });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const member = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;

const wrong = (file: string, problem: string): Checked<never> =>
  bad({ file, problem, remedy: 'write { "metadata": { "gap_seconds": 300 }, "data": [nodes, …] }' });
