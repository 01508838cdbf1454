import { z } from 'zod';
import type { Resources } from '../../quantity.ts';
import { say } from '../finding.ts';
import { unknownKey } from './kinds/group.ts';
import { count } from './kinds/number.ts';
import { cpu, memory } from './kinds/quantity.ts';

/** An extended resource of Kubernetes: `nvidia.com/gpu`. */
const DEVICE = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const MOST_DEVICES = 1024;
const DEVICES_MEANING =
  'Any extended resource by its Kubernetes name, such as nvidia.com/gpu: devices; a fraction where a device is shared.';

/** What one replica asks for. */
export const requests = resources('What one replica asks for: what the scheduler counts, not what it may burst to.', {
  cpu: cpu('CPU of one replica.', '500m', 512, 1),
  memory: memory('Memory of one replica.', '1Gi', 1),
  'ephemeral-storage': memory('Local disk of one replica. Left out: none.', '2Gi').exactOptional(),
});

/** In place of `requests`, all of them: what is left out here is not asked for there. */
export const requestsThere = resources(
  'What one replica asks for there to carry the same load, in place of requests as a whole.',
  {
    cpu: cpu('CPU of one replica there.', '420m', 512, 1),
    memory: memory('Memory of one replica there.', '1Gi', 1),
    'ephemeral-storage': memory('Local disk of one replica there. Left out: none.', '2Gi').exactOptional(),
  },
);

/** What the pods on every node take. Required, because a guess of nothing would plan nodes that are too full. */
export const daemonsets = resources(
  'What runs on every node before any service does: log shipper, exporter, network agent. Taken off what each node has, where no cluster shows what they take.',
  {
    cpu: cpu('CPU of all of them together, on one node.', '250m', 512),
    memory: memory('Memory of all of them together, on one node.', '400Mi'),
    'ephemeral-storage': memory('Local disk of all of them together. Left out: none.', '1Gi').exactOptional(),
    pods: count('How many pods they are, on one node.', 6, 0, 1000),
  },
);

/** 110 pods is the kubelet's own default (kubernetes.io/docs/setup/best-practices/cluster-large). */
export const allocatable = resources(
  'What replicas and daemonsets may use of one machine: what kubectl describe node shows as Allocatable.',
  {
    cpu: cpu('CPU left after the system’s own share.', '31', 4096, 1),
    memory: memory('Memory left after the system’s own share.', '120Gi', 1),
    'ephemeral-storage': memory('Local disk for pods. Left out: none.', '400Gi').exactOptional(),
    pods: count('Most pods on one machine.', 110, 1, 1000).prefault(110),
  },
);

/** Named resources, and any device beside them; a key that is neither is refused. */
function resources<S extends z.core.$ZodLooseShape>(description: string, shape: S) {
  const known = Object.keys(shape);
  const refuseUnknown = z.core._check<Record<string, unknown>>(
    ({ value, issues }) => {
      for (const [key, amount] of Object.entries(value)) {
        if (known.includes(key)) continue;
        const message = DEVICE.test(key) ? deviceFault(amount) : unknownKey(key, known);
        const unknown = DEVICE.test(key) ? {} : { params: { onKey: true } };
        if (message !== undefined) issues.push({ code: 'custom', input: value, path: [key], message, ...unknown });
      }
    },
    // a fault in one field is no reason to keep quiet about a key that does not belong
    { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
  const remedy = 'write fields such as cpu: 500m and memory: 1Gi';
  return z
    .looseObject(shape, { error: () => say('not a set of resources', remedy) })
    .check(refuseUnknown)
    .meta({
      description,
      additionalProperties: false,
      patternProperties: {
        [DEVICE.source]: {
          type: 'number',
          exclusiveMinimum: 0,
          maximum: MOST_DEVICES,
          title: 'devices',
          description: DEVICES_MEANING,
          examples: [1],
        },
      },
    });
}

function deviceFault(amount: unknown): string | undefined {
  const remedy = 'write how many devices as a number above 0, without quotes';
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return say('not a number of devices', remedy);
  if (amount <= 0) return say('not above 0', remedy);
  return amount > MOST_DEVICES ? say(`more than ${MOST_DEVICES} devices`, remedy) : undefined;
}

type Parsed = Pick<Resources, 'cpu' | 'memory'> & {
  readonly 'ephemeral-storage'?: Resources['memory'];
  readonly pods?: number;
};

/** The checked fields of the file as {@link Resources}. */
export function resourcesOf(fields: Parsed): Resources {
  const devices = Object.entries(fields).filter(
    (entry): entry is [string, number] => DEVICE.test(entry[0]) && typeof entry[1] === 'number',
  );
  return {
    cpu: fields.cpu,
    memory: fields.memory,
    ...(fields['ephemeral-storage'] === undefined ? {} : { storage: fields['ephemeral-storage'] }),
    ...(fields.pods === undefined ? {} : { pods: fields.pods }),
    ...(devices.length === 0 ? {} : { devices: Object.fromEntries(devices) }),
  };
}
