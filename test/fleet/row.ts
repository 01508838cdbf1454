/** Why it is wrong, what of the small fleet is replaced, by what, and the lines a user reads, without the file's name. */
export type Row = readonly [why: string, from: string, to: string, lines: readonly string[]];
