/**
 * One node. Nodes of an offering are numbered from 1: those that run now in the order of `problem.running`, then those
 * that are opened, in the order of their opening.
 */
export interface NodeRef {
  readonly offering: string;
  readonly node: number;
}

/**
 * One step of the way. Each is done before the next begins.
 *
 * A `move` starts its replicas at the new node before it stops them at the old one, so that none is missing meanwhile:
 * there must be room for them while they still take room where they come from.
 */
export type Move =
  | { readonly kind: 'open'; readonly offering: string; readonly count: number; readonly nodes: readonly number[] }
  | { readonly kind: 'start'; readonly group: string; readonly to: NodeRef; readonly replicas: number }
  | {
      readonly kind: 'move';
      readonly group: string;
      readonly from: NodeRef;
      readonly to: NodeRef;
      readonly replicas: number;
    }
  | { readonly kind: 'stop'; readonly group: string; readonly from: NodeRef; readonly replicas: number }
  | { readonly kind: 'close'; readonly offering: string; readonly count: number; readonly nodes: readonly number[] };

/** The way from the nodes that run to those of a placement, or why none was found. */
export type Road =
  | {
      readonly ok: true;
      readonly moves: readonly Move[];
      /** nodes opened, those that are only lent on the way included */
      readonly launches: number;
      /** replicas moved; one that moves twice counts twice */
      readonly moved: number;
      /** most nodes at once beyond those that run now or in the end, whichever are more */
      readonly surge: number;
      /** running nodes of which it is not known what they hold, so that it was assumed */
      readonly assumed: number;
    }
  | {
      readonly ok: false;
      /** in words */
      readonly why: readonly string[];
      /** the smallest surge with which a way was found, where it was only the surge asked for that was too small */
      readonly surge?: number;
    };
