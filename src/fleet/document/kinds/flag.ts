import { z } from 'zod';
import { say } from '../../finding.ts';

/** YAML 1.2 reads only `true` and `false` as such; `yes` and `no` are texts. */
export const flag = (description: string): z.ZodBoolean =>
  z
    .boolean({ error: () => say('not true or false', 'write true or false, without quotes') })
    .meta({ title: 'true or false', description });
