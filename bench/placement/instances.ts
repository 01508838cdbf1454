import { AWS } from './aws.ts';
import type { Instance } from './instance.ts';
import { KWOK } from './kwok.ts';
import { OPENB } from './openb.ts';
import { PLAIN } from './plain.ts';
import { RULES } from './rules.ts';
import { SMALL } from './small.ts';
import { SPOT } from './spot.ts';
import { VBP } from './vbp.ts';

/** Every instance by its name; names stay, so that figures of different days can be laid side by side. */
export const INSTANCES: readonly Instance[] = [
  ...PLAIN,
  ...RULES,
  ...AWS,
  ...KWOK,
  ...SPOT,
  ...OPENB,
  ...SMALL,
  ...VBP,
];
