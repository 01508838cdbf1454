import type { FaultScript, ScriptedFault } from './world-types.ts';

/** Faults are programmed one by one: a flat random rate would make a failure that nobody could repeat. */
export function faultScript(): FaultScript {
  const scripted: Scripted[] = [];
  return {
    add: (entry) => void scripted.push({ entry, left: entry.times ?? 1, wait: entry.after ?? 0, fired: false }),
    next: (provider, api) => {
      const mine = scripted.filter((s) => s.left > 0 && concerns(s.entry, provider, api));
      const due = mine.find((s) => s.wait === 0);
      if (due) {
        due.left -= 1;
        due.fired = true;
        return due.entry.fault;
      }
      for (const s of mine) s.wait -= 1;
      return undefined;
    },
    unfired: () => scripted.filter((s) => !s.fired).map(({ entry }) => inWords(entry)),
  };
}

interface Scripted {
  readonly entry: ScriptedFault;
  left: number;
  wait: number;
  fired: boolean;
}

const concerns = (entry: ScriptedFault, provider: string, api: string): boolean =>
  entry.provider === provider && (entry.api === '*' || entry.api === api);

const inWords = ({ provider, api, fault, after = 0 }: ScriptedFault): string =>
  `${fault.is} at ${provider} ${api === '*' ? 'any call' : api}${after > 0 ? ` after ${after} others` : ''}`;
