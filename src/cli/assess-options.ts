import type { AssessOptions } from '../assess/outcome.ts';
import { ARCHES, type Arch } from '../catalog/offering.ts';
import { parseCpu, parseMemory, parsePercent } from '../quantity.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';

/** Options as typed on the command line. */
export interface Typed {
  readonly defaultRequests?: string;
  readonly includePinned?: true;
  readonly spot?: string;
  readonly arch?: string;
  readonly types?: string;
  readonly across: boolean;
  readonly eachCloud?: true;
}

export function optionsFrom(typed: Typed): Checked<AssessOptions> {
  const troubles: Trouble[] = [];
  const refused = (at: string, value: string, problem: string, remedy: string): undefined =>
    void troubles.push({ file: 'command line', at, value, problem, remedy });
  const defaults = requestsFrom(typed.defaultRequests, refused);
  const options: AssessOptions = {
    includePinned: typed.includePinned === true,
    spot: shareFrom(typed.spot, refused),
    arches: archesFrom(typed.arch, refused),
    types: listed(typed.types),
    across: typed.across,
    eachCloud: typed.eachCloud === true,
    ...(defaults && { defaults }),
  };
  return troubles.length > 0 ? bad(...troubles) : good(options);
}

type Refuse = (at: string, value: string, problem: string, remedy: string) => undefined;

function requestsFrom(text: string | undefined, refuse: Refuse): AssessOptions['defaults'] | undefined {
  if (text === undefined) return undefined;
  const [cpu, memory, ...rest] = text.split(',');
  const cores = parseCpu(cpu ?? '');
  const mib = parseMemory(memory ?? '');
  if (cores !== undefined && mib !== undefined && rest.length === 0) return { cpu: cores, memory: mib };
  return refuse('--default-requests', text, 'it is not a cpu and a memory quantity', 'write it like 100m,128Mi');
}

function shareFrom(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return 0;
  const share = text.includes('%') ? parsePercent(text) : text.trim() === '' ? undefined : Number(text);
  if (share !== undefined && share >= 0 && share <= 1) return share;
  refuse('--spot', text, 'it is not a share', 'write it like 0.5 or 50%');
  return 0;
}

function archesFrom(text: string | undefined, refuse: Refuse): readonly Arch[] {
  const names = listed(text);
  const known = ARCHES.filter((arch) => names.includes(arch));
  if (known.length < new Set(names).size) {
    refuse('--arch', text ?? '', 'it names an architecture that is not known', `write ${ARCHES.join(',')}`);
  }
  return known;
}

const listed = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
