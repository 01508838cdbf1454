import type { CreateFleetCommandInput, ReservedInstances } from '@aws-sdk/client-ec2';
import type { AutoScalingGroup, CreateAutoScalingGroupCommandInput } from '@aws-sdk/client-auto-scaling';
import type { CreateNodegroupCommandInput } from '@aws-sdk/client-eks';
import type { SavingsPlan, SavingsPlanRate } from '@aws-sdk/client-savingsplans';
import type { SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { Instant } from '../../src/units.ts';

export const ACCOUNT = '123456789012';

/** What AWS knows and the world does not. */
export interface AwsSetup {
  /** bodies of messages in the queue beside the world's notices, by message id */
  readonly messages: Map<string, string>;
  readonly reservedInstances: Map<string, ReservedInstances[]>;
  readonly savingsPlans: SavingsPlan[];
  readonly rates: Map<string, SavingsPlanRate[]>;
  /** placement score by zone name; absent = 9 */
  readonly scores: Map<string, number>;
  /** groups by pool id that differ from what their pool would tell */
  readonly groups: Map<
    string,
    Partial<CreateAutoScalingGroupCommandInput & Pick<AutoScalingGroup, 'SuspendedProcesses' | 'Status'>>
  >;
  /** answers `Errors` of an instant fleet before anything is launched: code and message */
  readonly fleetErrors: { readonly code: string; readonly message: string }[];
  /** launch templates that are pools by themselves, by id */
  readonly launchTemplates: Map<
    string,
    {
      readonly region: string;
      readonly name: string;
      readonly type: string;
      readonly spot: boolean;
      readonly tags: Readonly<Record<string, string>>;
    }
  >;
  /** as with emulators: node groups are there, their Auto Scaling groups do not show */
  hideNodeGroups: boolean;
}

interface AwsState extends AwsSetup {
  readonly hiddenUntil: Map<string, number>;
  readonly nodeGroups: Map<string, CreateNodegroupCommandInput>;
  /** instant fleets by their token */
  readonly fleets: Map<string, { readonly input: CreateFleetCommandInput; readonly answer: object }>;
}

export const stateOf = (setup: Partial<AwsSetup>): AwsState => ({
  messages: new Map(),
  reservedInstances: new Map(),
  savingsPlans: [],
  rates: new Map(),
  scores: new Map(),
  groups: new Map(),
  fleetErrors: [],
  launchTemplates: new Map(),
  hideNodeGroups: false,
  ...setup,
  hiddenUntil: new Map(),
  nodeGroups: new Map(),
  fleets: new Map(),
});

/** A call that was understood, and what it may see. */
export interface Call {
  readonly world: SimulatedWorld;
  readonly state: AwsState;
  readonly region: string;
  readonly asOf?: Instant;
  readonly empty: boolean;
}

export type Handler = (input: Readonly<Record<string, unknown>>, call: Call) => object;

/** The input has been held against its description before it gets here, so the SDK's own type of it holds. */
export const handler =
  <I>(run: (input: I, call: Call) => object): Handler =>
  (input, call) =>
    run(input as I, call);

export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterS: number | undefined;
  constructor(status: number, code: string, message: string, retryAfterS?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** The pools of a region as the call may see them. */
export function poolsSeen({ world, region, asOf, empty }: Call): readonly SimPool[] {
  if (empty) return [];
  return asOf === undefined ? world.pools.list('aws', region) : world.pools.listAt(asOf, 'aws', region);
}

/** A page of a listing: tokens are opaque to the caller. */
export function pageOf<T>(
  items: readonly T[],
  size: number,
  token: string | undefined,
): { page: T[]; next: string | undefined } {
  const from = token === undefined || token === '' ? 0 : Number(Buffer.from(token, 'base64').toString());
  const to = from + size;
  return {
    page: items.slice(from, to),
    next: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined,
  };
}

export const isNodeGroup = (pool: SimPool): boolean => pool.tags['eks:cluster-name'] !== undefined;
export const groupName = (pool: SimPool): string => (isNodeGroup(pool) ? `eks-${pool.name}-b2c3` : pool.name);
export const zoneId = (region: string, zone: string): string =>
  `${region.replaceAll(/[^a-z\d]/g, '').slice(0, 4)}-az${zone.charCodeAt(zone.length - 1) - 96}`;
