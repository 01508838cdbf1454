/** Virtual time in ms since 1970 and what is still to happen. */
export interface Timeline {
  now(): number;
  /** Not before now. What happens at the same time happens in the order it was asked for. */
  at(time: number, happen: () => void): void;
  /** To `time`, with all that happens on the way; at each event the clock stands at its own time. */
  goTo(time: number): void;
}

export function timeline(start: number): Timeline {
  const heap: Event[] = [];
  let now = start;
  let asked = 0;
  return {
    now: () => now,
    at: (time, happen) => {
      if (time === Infinity) return;
      push(heap, { time: Math.max(now, Math.ceil(time)), order: asked++, happen });
    },
    goTo: (time) => {
      for (let first = heap[0]; first && first.time <= time; first = heap[0]) {
        pop(heap);
        now = first.time;
        first.happen();
      }
      now = time;
    },
  };
}

interface Event {
  readonly time: number;
  readonly order: number;
  readonly happen: () => void;
}

const before = (a: Event, b: Event): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let i = heap.length;
  heap.push(event);
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up];
    if (!parent || !before(event, parent)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    const right = heap[down + 1];
    let child = heap[down];
    if (!child) break;
    if (right && before(right, child)) {
      child = right;
      down += 1;
    }
    if (!before(child, last)) break;
    heap[i] = child;
    i = down;
  }
  heap[i] = last;
}
