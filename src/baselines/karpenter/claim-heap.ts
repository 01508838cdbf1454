import type { Claims } from './claims.ts';

/**
 * Claims with the first in their order on top. A claim that got a pod since it was pushed has moved: its old entry counts
 * no more, and it is pushed again if it still belongs here.
 */
export class ClaimHeap {
  private readonly claims: Claims;
  private readonly items: { readonly claim: number; readonly pods: number; readonly tie: number }[] = [];

  constructor(claims: Claims) {
    this.claims = claims;
  }

  push(claim: number): void {
    const item = { claim, pods: this.claims.fill.pods[claim] as number, tie: this.claims.tie[claim] as number };
    const { items } = this;
    let i = items.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >>> 1;
      if (!before(item, items[parent] as typeof item)) break;
      items[i] = items[parent] as typeof item;
      i = parent;
    }
    items[i] = item;
  }

  /** −1 when there is none. */
  first(): number {
    for (;;) {
      const top = this.items[0];
      if (!top) return -1;
      if (this.claims.tie[top.claim] === top.tie) return top.claim;
      this.pop();
    }
  }

  private pop(): void {
    const { items } = this;
    const last = items.pop();
    if (!last || items.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right && before(right, items[child] as typeof last)) child++;
      if (!before(items[child] as typeof last, last)) break;
      items[i] = items[child] as typeof last;
      i = child;
    }
    items[i] = last;
  }
}

interface Item {
  readonly pods: number;
  readonly tie: number;
}

const before = (a: Item, b: Item): boolean => (a.pods !== b.pods ? a.pods < b.pods : a.tie < b.tie);
