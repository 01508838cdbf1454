import { hanging } from '../plan/render/lines.ts';
import { PRINTED_WIDTH } from '../plan/render/table.ts';
import type { Io } from './io.ts';

/** Lines as wide as the terminal, what is longer goes on further in. */
export function printLines(io: Io, lines: readonly string[]): void {
  const width = Math.max(40, io.width ?? PRINTED_WIDTH);
  io.out(`${lines.flatMap((line) => hanging(line, width)).join('\n')}\n`);
}

/** A structure with maps and numbers that JSON does not know, as JSON. */
export function printJson(io: Io, answer: object): void {
  io.out(`${JSON.stringify({ schemaVersion: 1, ...answer }, plain, 2)}\n`);
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
