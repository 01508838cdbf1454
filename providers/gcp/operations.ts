import { answered, type Answer, type Failure } from '../../src/failure.ts';
import type { Calls } from './calls.ts';
import { operationFailure } from './failures.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { regionOf } from './names.ts';
import type { StoredOperation } from './token.ts';

export type OperationState =
  { readonly state: 'running' | 'done' } | { readonly state: 'failed'; readonly failures: readonly Failure[] };

/** An operation of Google's as it is now. One that is no longer kept is done: they are kept for two weeks. */
export async function operationNow(
  { at, name }: StoredOperation,
  project: string,
  zone: string,
  calls: Calls,
): Promise<Answer<OperationState>> {
  const read =
    at === 'container'
      ? await calls.one('container.operations.get', { project, region: regionOf(zone) }, { name })
      : at === 'global'
        ? await calls.one('compute.globalOperations.get', { project, region: '' }, { project, operation: name })
        : await calls.one(
            'compute.zoneOperations.get',
            { project, region: regionOf(zone) },
            { project, zone, operation: name },
          );
  if (read.ok)
    return answered(stateOf(read.value, at === 'container' ? 'container.operations.get' : 'compute.operation'));
  return read.failure.kind.is === 'notFound' ? answered({ state: 'done' }) : read;
}

/**
 * What an operation says of itself. A refusal comes in an answer that went well: status DONE, and the errors beside it.
 */
export function stateOf(operation: Fields, api: string): OperationState {
  const errors = listOf(fieldsOf(operation['error'])['errors']);
  if (errors.length > 0) return { state: 'failed', failures: errors.map((error) => operationFailure(api, error)) };
  // GKE: one status, with a number for its code
  const message = textOf(fieldsOf(operation['error'])['message']);
  if (message !== undefined) return { state: 'failed', failures: [containerFailure(api, message)] };
  return { state: operation['status'] === 'DONE' ? 'done' : 'running' };
}

/** GKE passes on what Compute said, in brackets: `[GCE_STOCKOUT]`, `Code: 'ZONE_RESOURCE_POOL_EXHAUSTED'` */
function containerFailure(api: string, message: string): Failure {
  const code = /\b(GCE_STOCKOUT|GCE_QUOTA_EXCEEDED|[A-Z]+(?:_[A-Z]+)*_EXHAUSTED(?:_[A-Z]+)*|QUOTA_EXCEEDED)\b/.exec(
    message,
  );
  return operationFailure(api, { code: code?.[1] ?? 'GKE_ERROR', message });
}
