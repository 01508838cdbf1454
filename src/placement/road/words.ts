import { count, counted } from '../../figures.ts';
import type { Move, NodeRef } from './moves.ts';

/**
 * The moves as numbered lines: `3. move 12 × gateway from 4 nodes of aws/… to 2 nodes of gcp/…`. Moves of
 * one group between the same offerings are told together where no node opens or closes between them.
 */
export function renderRoad(moves: readonly Move[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < moves.length;) {
    const batch = [moves[i] as Move];
    while (i + batch.length < moves.length && atOnce(batch[0] as Move, moves[i + batch.length] as Move)) {
      batch.push(moves[i + batch.length] as Move);
    }
    lines.push(...together(batch).map(lineOf));
    i += batch.length;
  }
  const width = String(lines.length).length;
  return lines.map((line, i) => `${String(i + 1).padStart(width)}. ${line}`);
}

const ofNodes = ({ kind }: Move): boolean => kind === 'open' || kind === 'close';
const atOnce = (a: Move, b: Move): boolean => !ofNodes(a) && !ofNodes(b);

/** Moves that differ only in the nodes, in the order of the first of each. */
function together(batch: readonly Move[]): readonly (readonly Move[])[] {
  const alike = new Map<string, Move[]>();
  for (const move of batch) {
    const key = JSON.stringify([
      move.kind,
      'group' in move ? move.group : '',
      'from' in move ? move.from.offering : '',
      'to' in move ? move.to.offering : '',
    ]);
    const known = alike.get(key);
    if (known) known.push(move);
    else alike.set(key, [move]);
  }
  return [...alike.values()];
}

function lineOf(moves: readonly Move[]): string {
  const move = moves[0] as Move;
  if (move.kind === 'open' || move.kind === 'close') {
    return `${move.kind} ${counted(move.count, 'node')} of ${move.offering}`;
  }
  const n = moves.reduce((sum, m) => sum + ('replicas' in m ? m.replicas : 0), 0);
  const what = `${move.kind} ${count(n)} × ${move.group}`;
  const from = nodesOf(moves.flatMap((m) => ('from' in m ? [m.from] : [])));
  const to = nodesOf(moves.flatMap((m) => ('to' in m ? [m.to] : [])));
  switch (move.kind) {
    case 'start':
      return `${what} on ${to}`;
    case 'stop':
      return `${what} on ${from}`;
    case 'move':
      return move.from.offering === move.to.offering
        ? `${what} between nodes of ${move.from.offering}`
        : `${what} from ${from} to ${to}`;
    default:
      return move satisfies never;
  }
}

/** `3 nodes of aws/…`: all are of one offering. */
const nodesOf = (refs: readonly NodeRef[]): string =>
  `${counted(new Set(refs.map(({ node }) => node)).size, 'node')} of ${refs[0]?.offering ?? ''}`;
