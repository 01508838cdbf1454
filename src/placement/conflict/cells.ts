import { fullFillings } from './fillings.ts';
import type { LinearProgram } from './linear.ts';
import type { Location } from './options.ts';
import { isOpen } from './places.ts';
import type { Terms } from './rules.ts';
import type { Scene } from './scene.ts';

/** Nodes that stand together in the linear program: those of one offering, or of many of one location. */
interface Cell {
  readonly location: number;
  readonly offerings: number[];
  /** group → most replicas of it that these nodes hold */
  readonly holds: Map<number, number>;
}

/** Pairs of group and cell up to which cells are told apart further. */
const PAIRS = 6000;

/** Groups on a node, and cells, up to which the fillings of nodes are written down. */
const FILLED_BY = 5;
const FILLED = 200;

/**
 * The nodes whose number can run out. Each offering is a cell of its own while there are not too many; then those of
 * like shape at a location are one, then all of a location: a looser limit, so that what clashes under it does clash.
 */
export class Cells {
  /** group → locations of which there is no end for it */
  private readonly endless = new Map<number, readonly number[]>();
  private readonly cells: Cell[] = [];
  /** group → cell and what one of its replicas puts into the cell's rows, row and value in turn */
  private readonly uses = new Map<number, { readonly cell: Cell; readonly entries: number[] }[]>();
  private readonly scene: Scene;
  private readonly terms: Terms;

  constructor(scene: Scene, terms: Terms, present: readonly number[]) {
    this.scene = scene;
    this.terms = terms;
    const usable = present.map((g): [number, number[]] => [g, this.scarceOf(g)]);
    const keys = scene.cellKeys.find((keyOf) => distinct(usable, keyOf) <= PAIRS) ?? scene.cellKeys.at(-1);
    if (keys) this.gather(usable, keys);
  }

  /** What nodes without end hold, and what scarce ones do: visits each place of the group. */
  each(g: number, visit: (location: number, upper: number, entries: readonly number[]) => void): void {
    for (const location of this.endless.get(g) ?? []) visit(location, Infinity, []);
    for (const { cell, entries } of this.uses.get(g) ?? []) visit(cell.location, cell.holds.get(g) ?? 0, entries);
  }

  addRows(program: LinearProgram): void {
    for (const cell of this.cells) {
      const entries = new Map([...cell.holds.keys()].map((g): [number, number[]] => [g, []]));
      // alone on its nodes a group is limited by how many fit, which its columns say themselves
      if (cell.holds.size > 1 && !this.fillingRows(program, cell, entries)) this.resourceRows(program, cell, entries);
      for (const [g, own] of entries) {
        const known = this.uses.get(g) ?? [];
        known.push({ cell, entries: own });
        this.uses.set(g, known);
      }
    }
  }

  /** Scarce offerings that the group may use, where there is nothing without end for it. */
  private scarceOf(g: number): number[] {
    const { scene, terms } = this;
    const { offerings, blocked } = scene.options;
    const { grain, free, scarce } = scene.places(g);
    const endless = new Uint8Array(grain.locations.length);
    if ((terms.perNodeAtMost[g] as number) < 1) return [];
    for (const f of free) {
      if (isOpen(terms, g, f.blocked, grain.locations[f.location] as Location)) endless[f.location] = 1;
    }
    const mine: number[] = [];
    for (const o of scarce) {
      const l = grain.of[o] as number;
      const bits = blocked[g * offerings.length + o] as number;
      const nodes = terms.atMost[o] as number;
      if (nodes <= 0 || endless[l] === 1 || !isOpen(terms, g, bits, grain.locations[l] as Location)) continue;
      if (nodes === Infinity) endless[l] = 1;
      else mine.push(o);
    }
    this.endless.set(
      g,
      [...grain.locations.keys()].filter((l) => endless[l] === 1),
    );
    return mine.filter((o) => endless[grain.of[o] as number] === 0);
  }

  private gather(usable: readonly (readonly [number, readonly number[]])[], keyOf: Int32Array): void {
    const { offerings, fits } = this.scene.options;
    const cellOf = new Map<number, Cell>();
    const met = new Uint8Array(offerings.length);
    const holds = new Float64Array(keyOf.length);
    for (const [g, mine] of usable) {
      const { grain } = this.scene.places(g);
      const perNode = this.terms.perNodeAtMost[g] as number;
      const touched: number[] = [];
      for (const o of mine) {
        const key = keyOf[o] as number;
        if (holds[key] === 0) touched.push(key);
        const each = Math.min(fits[g * offerings.length + o] as number, perNode);
        holds[key] = (holds[key] as number) + each * (this.terms.atMost[o] as number);
        if (met[o] === 1) continue;
        met[o] = 1;
        const cell: Cell = cellOf.get(key) ?? { location: grain.of[o] as number, offerings: [], holds: new Map() };
        if (cell.offerings.push(o) > 1) continue;
        cellOf.set(key, cell);
        this.cells.push(cell);
      }
      for (const key of touched) {
        cellOf.get(key)?.holds.set(g, holds[key] as number);
        holds[key] = 0;
      }
    }
  }

  /** Nodes are filled one way or another, and there are only so many. */
  private fillingRows(program: LinearProgram, cell: Cell, entries: ReadonlyMap<number, number[]>): boolean {
    const { options } = this.scene;
    const [o] = cell.offerings;
    const groups = [...cell.holds.keys()];
    if (o === undefined || cell.offerings.length > 1) return false;
    if (groups.length > FILLED_BY || this.cells.length > FILLED) return false;
    const most = groups.map((g) =>
      Math.min(options.fits[g * options.offerings.length + o] as number, this.terms.perNodeAtMost[g] as number),
    );
    const fillings = fullFillings(options, o, groups, most);
    if (!fillings) return false;
    const number = program.row(-Infinity, this.terms.atMost[o] as number);
    const rows = groups.map((g) => {
      const row = program.row(-Infinity, 0);
      entries.get(g)?.push(row, 1);
      return row;
    });
    for (const filling of fillings) {
      const filled = filling.flatMap((n, i) => (n > 0 ? [rows[i] as number, -n] : []));
      program.column(0, 0, Infinity, [number, 1, ...filled]);
    }
    return true;
  }

  /** Each resource of all the nodes together. */
  private resourceRows(program: LinearProgram, cell: Cell, entries: ReadonlyMap<number, number[]>): void {
    const { resources, need, have } = this.scene.options;
    for (let r = 0; r < resources; r++) {
      let room = 0;
      let nodes = 0;
      for (const o of cell.offerings) {
        room += (have[o * resources + r] as number) * (this.terms.atMost[o] as number);
        nodes += this.terms.atMost[o] as number;
      }
      let wanted = 0;
      for (const [g, n] of cell.holds) wanted += (need[g * resources + r] as number) * n;
      if (wanted <= room) continue;
      const row = program.row(-Infinity, nodes);
      for (const [g, own] of entries) {
        const needed = need[g * resources + r] as number;
        if (needed > 0) own.push(row, (needed * nodes) / room);
      }
    }
  }
}

function distinct(usable: readonly (readonly [number, readonly number[]])[], keyOf: Int32Array): number {
  const last = new Int32Array(keyOf.length).fill(-1);
  let pairs = 0;
  for (const [g, mine] of usable) {
    for (const o of mine) {
      const key = keyOf[o] as number;
      if (last[key] === g) continue;
      last[key] = g;
      pairs++;
    }
  }
  return pairs;
}
