/**
 * A size's series as Azure writes it: `Standard_E16-4ads_v6` → `Eadsv6`, `Standard_NC4as_T4_v3` → `NCasT4v3`. Without
 * the vCPU count, its constraint, `i` (a whole host) and the numbers that tell memory variants of the M-series apart;
 * the small-memory letters of the B-series (`t`, `l`, `m`) belong to one series. Undefined for a name of another make.
 */
export function seriesOf(size: string): string | undefined {
  const match = /^Standard_([A-Z]+)\d+(?:-\d+)?([a-z]*)((?:_[A-Za-z0-9]+?)*?)(?:_(v\d+))?$/.exec(size);
  if (!match) return undefined;
  const [, letters = '', additions = '', middle = '', version = ''] = match;
  const kept = letters === 'B' ? additions.replaceAll(/[tlm]/g, '') : additions.replaceAll('i', '');
  const chip = middle.replaceAll(/_\d+(?=_|$)/g, '').replaceAll('_', '');
  return `${letters}${kept}${chip}${version}`;
}
