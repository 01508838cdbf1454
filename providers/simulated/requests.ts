import type { ProviderName } from '../../src/catalog/offering.ts';
import type { Answer, Failure, FailureKind } from '../../src/failure.ts';
import type { CallAbout, Caller } from '../../src/ports.ts';
import { instant, type Instant } from '../../src/units.ts';
import type { Fault, SimulatedWorld } from './world-types.ts';

/** Sends a request to the world as one is sent to a cloud: through the caller, and into the faults of the script. */
export type Ask = <T>(
  request: { readonly api: string; readonly region: string; readonly class: CallAbout['class'] },
  run: (view: View) => T,
) => Promise<Answer<T>>;

/** What the world lets a request see. */
export interface View {
  /** a listing is as of then; absent = as it is */
  readonly asOf?: Instant;
  /** a listing is to answer nothing */
  readonly empty: boolean;
}

/** The world says no. Thrown as a vendor's SDK throws, so that the caller judges it like theirs. */
export class Refusal extends Error {
  readonly failure: Failure;
  constructor(kind: FailureKind, api: string, code: string, message: string, status?: number) {
    super(message);
    this.name = 'Refusal';
    this.failure = { kind, api, code, message, ...(status !== undefined && { status }) };
  }
}

export function asking(world: SimulatedWorld, provider: ProviderName, caller: Caller): Ask {
  return (request, run) =>
    caller.call(
      { cloud: provider, account: '', ...request },
      async () => {
        const fault = world.faults.next(provider, request.api);
        return fault ? meeting(fault, request.api, world, run) : run({ empty: false });
      },
      (error) => {
        if (error instanceof Refusal) return error.failure;
        throw error; // our own mistake
      },
    );
}

/** What becomes of a request that meets a fault. */
function meeting<T>(fault: Fault, api: string, world: SimulatedWorld, run: (view: View) => T): T {
  switch (fault.is) {
    case 'stale':
      return run({ asOf: instant(world.now() - Math.round(fault.byS * 1000)), empty: false });
    case 'empty':
      return run({ empty: true });
    case 'lostAnswer':
      run({ empty: false });
      throw new Refusal({ is: 'transient' }, api, 'ConnectionReset', 'the connection broke before the answer came');
    case 'cutPage':
      throw new Refusal({ is: 'transient' }, api, 'CutOff', 'the answer broke off in the middle', 200);
    case 'reset':
      throw new Refusal({ is: 'transient' }, api, 'ConnectionReset', 'the connection broke');
    case 'serverError':
      throw new Refusal({ is: 'transient' }, api, 'InternalError', 'something went wrong inside', fault.status);
    case 'throttle': {
      const { retryAfterS } = fault;
      const kind = { is: 'throttled', ...(retryAfterS !== undefined && { retryAfterS }) } as const;
      throw new Refusal(kind, api, 'TooManyRequests', 'asked too often', 429);
    }
    case 'unauthorized':
      throw new Refusal({ is: 'unauthorized', permission: api }, api, 'Forbidden', `${api} is not granted`, 403);
    case 'capacity':
      throw new Refusal({ is: 'capacity', scope: 'type-in-zone' }, api, 'SoldOut', 'nothing is left there', 409);
    case 'quota':
      throw new Refusal({ is: 'quota', quota: 'on-demand' }, api, 'QuotaExceeded', 'the account may have no more', 403);
    case 'conflict':
      throw new Refusal({ is: 'conflict' }, api, 'Conflict', 'it has been changed since', 409);
    default:
      return fault satisfies never;
  }
}
