/**
 * A path that is meant relative to the folder of `file`, as text alone: no disk is asked. Both kinds of slash part
 * folders in `file`, because it is named the way the user's system names it.
 *
 *     beside('examples/im/fleet.yaml', 'traffic/eu.csv') === 'examples/im/traffic/eu.csv'
 */
export function beside(file: string, path: string): string {
  if (/^(?:\/|\\|[A-Za-z]:[\\/])/.test(path)) return path;
  const cut = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  const folder = file.slice(0, cut + 1);
  const root = /^(?:[A-Za-z]:)?[\\/]/.exec(folder)?.[0] ?? '';
  const parts: string[] = [];
  for (const part of `${folder.slice(root.length)}${path}`.split(/[\\/]/)) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || root === '') parts.push(part);
  }
  return root + parts.join('/');
}
