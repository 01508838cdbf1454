/** How a process waits; tests bring a clock of their own. */
export interface Waiting {
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs `ring` after `ms`, unless what it answers is called first. */
  readonly alarm: (ms: number, ring: () => void) => () => void;
}

export const realWaiting: Waiting = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  alarm: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};
