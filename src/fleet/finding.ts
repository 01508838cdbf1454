/** A path into the fleet file: `['services', 'gateway', 'requests', 'cpu']`. */
export type Path = readonly (string | number)[];

/** Something wrong in the fleet file, before it is known on which line it stands. */
export interface Finding {
  readonly path: Path;
  /** whether the key itself is meant, not what stands behind it */
  readonly onKey?: boolean;
  readonly problem: string;
  readonly remedy: string;
}

/**
 * A message of the schema: what is wrong and what would be right, in one string, because that is all a schema may
 * carry. {@link heard} takes it apart again.
 */
export const say = (problem: string, remedy: string): string => `${problem}; ${remedy}`;

export function heard(message: string): Pick<Finding, 'problem' | 'remedy'> {
  const cut = message.indexOf('; ');
  if (cut < 0) return { problem: message, remedy: 'see docs/fleet.md' };
  return { problem: message.slice(0, cut), remedy: message.slice(cut + 2) };
}

/** `services.gateway.requests["nvidia.com/gpu"]`, `pools.declared[0].name`; undefined for the whole file */
export function pathText(path: Path): string | undefined {
  if (path.length === 0) return undefined;
  const parts = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^[^\s.[\]"]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  });
  return parts.join('').replace(/^\./, '');
}
