import { duration } from '../figures.ts';
import type { Failure, FailureKind } from '../failure.ts';
import { printable, type Trouble } from '../trouble.ts';

/**
 * A failure in the words of a trouble, for readers that answer with `Checked`.
 *
 * @param where who said no: `aws us-east-1`
 */
export function troubleOf(failure: Failure, where: string): Trouble {
  const { api, code, message, kind, remedy } = failure;
  return {
    file: where,
    ...(api !== '' && { at: api }),
    ...(code !== '' && { value: printable(code) }),
    problem: problemOf(failure, printable(message)),
    remedy: remedy === undefined ? remedyOf(kind) : printable(remedy),
  };
}

function problemOf({ kind, status, requestId }: Failure, message: string): string {
  const said = message === '' ? WORDS[kind.is] : `${WORDS[kind.is]}: ${message.replace(/[\s.;]+$/, '')}`;
  const facts = [
    status === undefined ? '' : `HTTP ${status}`,
    requestId === undefined ? '' : `request ${printable(requestId)}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? said : `${said} (${facts.join(', ')})`;
}

const WORDS: Readonly<Record<FailureKind['is'], string>> = {
  capacity: 'none of it is left',
  quota: 'the account may have no more',
  throttled: 'asked more often than it allows',
  conflict: 'changed by somebody else meanwhile',
  unauthorized: 'these credentials may not',
  invalid: 'it does not accept the request',
  notFound: 'there is no such thing',
  transient: 'it did not answer as it should',
  unknown: 'it failed in a way that is not known',
};

function remedyOf(kind: FailureKind): string {
  switch (kind.is) {
    case 'capacity':
      return 'allow other types or zones, or wait until it has some again';
    case 'quota':
      return `ask the vendor for more of ${printable(kind.quota)}${kind.limit === undefined ? '' : `, now ${kind.limit}`}`;
    case 'throttled':
      return kind.retryAfterS === undefined
        ? 'wait a while, and see who else calls it with this account'
        : `try again in ${duration(kind.retryAfterS)}`;
    case 'conflict':
      return 'try again: it is read anew first';
    case 'unauthorized':
      return kind.permission === undefined
        ? 'check the credentials and what they are granted'
        : `grant ${printable(kind.permission)}`;
    case 'invalid':
      return 'check what the fleet file says of it';
    case 'notFound':
      return 'check its name in the fleet file, and the account that is asked';
    case 'transient':
      return 'try again later';
    case 'unknown':
      return 'look the code up at the vendor';
    default:
      return kind satisfies never;
  }
}
