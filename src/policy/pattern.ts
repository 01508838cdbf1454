/** Policies know places by patterns, `*` for any run of characters, as the fleet file writes them. */
export { matchesAny } from '../fleet/glob.ts';
