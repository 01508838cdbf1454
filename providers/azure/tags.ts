/**
 * What Godwit writes on a pool: Azure keeps no record of who set a size that a reader of the pool could see, so the
 * order's id and its size are written with the size itself, in the same request.
 */
export const OP_TAG = 'godwit.io_op';
/** The size that the order of {@link OP_TAG} set. Another capacity than this was somebody else's doing. */
export const SIZE_TAG = 'godwit.io_size';
/** Name of the pool at Godwit, where Azure allows no such name: AKS takes twelve letters and digits. */
export const NAME_TAG = 'godwit.io_name';
/** Bounds of the pool; the plain names are those the cluster autoscaler reads. */
export const MIN_TAGS = ['godwit.io_min', 'min'];
export const MAX_TAGS = ['godwit.io_max', 'max'];

export type Tags = Readonly<Record<string, string>>;

/**
 * A tag's name as Azure can hold it: `< > % & \ ? /` are not allowed there, so that `godwit.io/fleet` stands as
 * `godwit.io_fleet`, the way the cluster autoscaler writes labels into tags.
 */
export const azureTagName = (key: string): string => key.replaceAll(/[<>%&\\?/]/g, '_');

/** Azure's tag names know no case; their values do. */
export function tagOf(tags: Tags | undefined, key: string): string | undefined {
  const wanted = azureTagName(key).toLowerCase();
  return Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** `tags` with ours over them, whatever the case the names stood in. */
export function tagged(tags: Tags | undefined, ours: Tags): Record<string, string> {
  const taken = new Set(Object.keys(ours).map((name) => name.toLowerCase()));
  const kept = Object.entries(tags ?? {}).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...ours };
}

export function countIn(tags: Tags | undefined, keys: readonly string[]): number | undefined {
  const texts = keys.map((key) => tagOf(tags, key)).filter((text) => text !== undefined);
  return texts[0] !== undefined && /^\d{1,6}$/.test(texts[0]) ? Number(texts[0]) : undefined;
}
