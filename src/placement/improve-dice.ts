/**
 * Draws for a search: one fixed seed, so that the same problem is always answered alike.
 *
 * The multiplier is that of Numerical Recipes' quick generator; the low bits, which repeat soonest, are left out.
 */
export class Dice {
  private state = 0x9e3779b9;

  /** In [0, 1). */
  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return (this.state >>> 8) / 0x1000000;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }
}
