import { listed, nearest } from '../fleet/nearest.ts';
import { parseQuantity } from '../quantity.ts';
import { objectAt, pathOf, type Shape } from './shape.ts';

/** A Kubernetes quantity (`500m`, `1Gi`) or a plain number of cores, bytes or devices. */
export type Quantity = string | number;

/** Amounts by the resource's Kubernetes name. */
export type Amounts = Readonly<Record<string, Quantity>>;

/** Extended resources (`nvidia.com/gpu`) and huge pages: whatever the scheduler counts and has no field of its own. */
const DEVICE = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|hugepages-\w+)$/;
export const isDevice = (name: string): boolean => DEVICE.test(name);

const QUANTITY_REMEDY = 'write a Kubernetes quantity such as "500m" or "2Gi", or a plain number from 0 on';

const quantitySchema = (description: string) => ({
  description,
  anyOf: [
    { type: 'number', minimum: 0 },
    {
      type: 'string',
      pattern: '^\\s*\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?\\s*$',
    },
  ],
});

const MEANINGS = {
  cpu: 'CPU, in cores.',
  memory: 'Memory, in bytes.',
  'ephemeral-storage': 'Local disk, in bytes.',
  pods: 'How many pods a node runs at most; absent: as many as fit.',
} as const;
type Named = keyof typeof MEANINGS;

/** @param names the resources that have a name of their own here; devices may stand beside them */
export function resources(description: string, names: readonly Named[]): Shape<Amounts> {
  const remedy = 'write an object like { "cpu": "500m", "memory": "1Gi" }';
  return {
    check(value, at, found) {
      if (!objectAt(value, at, found, remedy)) return;
      for (const [name, amount] of Object.entries(value)) {
        const here = { up: at, key: name };
        if (!names.some((known) => known === name) && !isDevice(name)) {
          found.push({ path: pathOf(here), onKey: true, ...unknownResource(name, names) });
        } else if (!isAmount(amount)) {
          const negative = typeof amount === 'number' && amount < 0;
          const problem = negative ? 'it is less than 0' : 'it is no quantity';
          found.push({ path: pathOf(here), problem, remedy: QUANTITY_REMEDY });
        }
      }
    },
    schema: {
      type: 'object',
      description,
      properties: Object.fromEntries(names.map((name) => [name, quantitySchema(MEANINGS[name])])),
      patternProperties: { [DEVICE.source]: quantitySchema('Devices, by the name of the extended resource.') },
      additionalProperties: false,
    },
    remedy,
  };
}

const isAmount = (amount: unknown): boolean =>
  (typeof amount === 'string' || typeof amount === 'number') && parseQuantity(amount) !== undefined;

function unknownResource(name: string, names: readonly string[]): { problem: string; remedy: string } {
  if (name === 'pods') return { problem: 'a replica is one pod', remedy: 'leave it out' };
  const guess = /^gpus?$/i.test(name) ? 'nvidia.com/gpu' : nearest(name, names);
  const remedy =
    guess === undefined
      ? `write ${listed(names)}, or a device by its full name such as nvidia.com/gpu`
      : `did you mean ${guess}?`;
  return { problem: 'no such resource', remedy };
}
