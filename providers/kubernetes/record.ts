import { numberAt, textAt } from '../../src/manifest/json.ts';

/** Stands on a MachineDeployment, written before its size is: what was meant, and from which settings. */
export const OPERATION_ANNOTATION = 'godwit.io/operation';

/**
 * Two writes make one change of size: the intention, then the size. A process that comes between them finds the
 * intention, and by the generation whether anybody else has changed the settings since.
 */
export interface OperationRecord {
  readonly opId: string;
  readonly kind: 'size' | 'delete' | 'open';
  /** absolute, for deletions too: counted once, when the intention was written */
  readonly size: number;
  /** of the settings when it was written; the size that follows makes it one more */
  readonly generation: number;
}

export function recordText({ opId, kind, size, generation }: OperationRecord): string {
  return JSON.stringify({ v: 1, opId, kind, size, generation });
}

export function recordIn(annotations: ReadonlyMap<string, string>): OperationRecord | undefined {
  const raw = parsed(annotations.get(OPERATION_ANNOTATION));
  const opId = textAt(raw, 'opId');
  const kind = textAt(raw, 'kind');
  const size = numberAt(raw, 'size');
  const generation = numberAt(raw, 'generation');
  if (opId === undefined || size === undefined || generation === undefined) return undefined;
  if (kind !== 'size' && kind !== 'delete' && kind !== 'open') return undefined;
  return { opId, kind, size, generation };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
