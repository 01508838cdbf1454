import type { VirtualMachineScaleSetsUpdateOptionalParams } from '@azure/arm-compute';
import type { Answer } from '../../src/failure.ts';
import type { About, Azure } from './connection.ts';
import { membersOf, textOf } from './json.ts';

/** A long-running operation that Azure has accepted. */
export interface Begun {
  /** where it can be asked after; undefined = it was done at once */
  readonly operation?: string;
}

/** What the SDK's methods for long-running operations answer; `then` would wait for the end, so it is never awaited. */
interface Starting {
  submitted(): Promise<void>;
}

/**
 * Sends a long-running operation's first request and no more. The SDK's poller would wait, and throw a failed
 * operation's code away; the URL that Azure answers with is read later, from any process.
 */
export function begin(
  azure: Azure,
  about: About,
  start: (options: Pick<VirtualMachineScaleSetsUpdateOptionalParams, 'onResponse'>) => Starting,
): Promise<Answer<Begun>> {
  return azure.ask({ class: 'write', ...about }, async () => {
    let operation: string | undefined;
    const poller = start({
      onResponse: (response) => {
        const { headers } = response;
        operation ??= headers.get('azure-asyncoperation') ?? headers.get('location');
      },
    });
    await poller.submitted();
    return operation === undefined ? {} : { operation };
  });
}

/** How an operation stands: `Azure-AsyncOperation` answers a status, a plain `Location` 202 until it is over. */
export function statusOf(http: { readonly status: number; readonly body: unknown }): 'running' | 'done' | 'failed' {
  const status = textOf(membersOf(http.body).status)?.toLowerCase();
  if (status === undefined) return http.status === 202 ? 'running' : 'done';
  if (status === 'succeeded') return 'done';
  return status.startsWith('fail') || status.startsWith('cancel') ? 'failed' : 'running';
}
