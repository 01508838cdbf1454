import type { LinearSolver } from '../../ports.ts';
import type { Terms } from './rules.ts';
import { coarsened, isSmall, narrowed, type Scene } from './scene.ts';
import { type Shortfall, shortfall } from './shortfall.ts';
import type { Spend } from './spend.ts';

/**
 * Work that the questions about one problem may take, in rows and columns solved for. A count and not a clock, so that
 * the same problem has the same answer everywhere; about half a second.
 */
export class Effort {
  private left: number;

  constructor(size: number) {
    this.left = size;
  }

  get spent(): boolean {
    return this.left <= 0;
  }

  spend(size: number): void {
    this.left -= size;
  }
}

/** What opening a model costs beside its rows and columns, in as many of them. */
const OPENING = 300;

/** What all inquiries about one problem share. */
export interface Means {
  readonly solver: LinearSolver;
  readonly spend: Spend | undefined;
  readonly effort: Effort;
}

/** Asks of a scene whether terms clash. */
export class Inquiry {
  readonly scene: Scene;
  private readonly means: Means;
  private coarse: Inquiry | undefined;

  constructor(scene: Scene, means: Means) {
    this.scene = scene;
    this.means = means;
  }

  /** Whether offerings are taken together because there are too many: what clashes does, and more may. */
  get rough(): boolean {
    return !isSmall(this.scene.options, this.scene.groups);
  }

  /** The same inquiry among these groups alone, with numbers of nodes counted as if they might use any. */
  openedTo(groups: ReadonlySet<number>): Inquiry {
    return new Inquiry(narrowed(this.scene, groups), this.means);
  }

  /** The same inquiry by provider and purchase alone. */
  coarser(): Inquiry {
    return new Inquiry(coarsened(this.scene), this.means);
  }

  ask(terms: Terms): Shortfall {
    const { solver, spend, effort } = this.means;
    const answer = shortfall(this.scene, terms, this.scene.priced ? spend : undefined, solver);
    effort.spend(OPENING + answer.size);
    return answer;
  }

  /** Whether terms are known to clash; out of effort none are, so a set stays larger than it need be. */
  clashes(terms: Terms): boolean {
    return !this.means.effort.spent && this.ask(terms).short;
  }

  /** Whether terms are known not to clash; out of effort none are, so a figure is not stated. */
  holds(terms: Terms): boolean {
    if (this.means.effort.spent) return false;
    if (this.rough && this.scene.coarse.size < this.scene.groups.length) {
      this.coarse ??= this.coarser();
      if (this.coarse.ask(terms).short) return false;
    }
    return !this.ask(terms).short;
  }
}
