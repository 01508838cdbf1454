import { bad, good, type Checked } from '../../src/trouble.ts';

export type ServiceName =
  'EC2' | 'AUTO_SCALING' | 'EKS' | 'PRICING' | 'SERVICE_QUOTAS' | 'SQS' | 'SAVINGSPLANS' | 'STS';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where a service is reached instead of at AWS, by the SDK's own variables: that of the service before the common one.
 * undefined = at AWS. Credentials go there, so it is either encrypted or does not leave this machine.
 */
export function endpointOf(env: Env, service: ServiceName): Checked<string | undefined> {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return good(undefined);
  const name = env[`AWS_ENDPOINT_URL_${service}`] ? `AWS_ENDPOINT_URL_${service}` : 'AWS_ENDPOINT_URL';
  const text = env[name];
  if (text === undefined || text === '') return good(undefined);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))))
    return good(text);
  return bad({
    file: name,
    value: url ? `${url.protocol}//${url.host}` : text,
    problem: url ? 'credentials would go there unencrypted' : 'it is not a URL',
    remedy: 'use https, or http to this machine itself (127.0.0.1, ::1, localhost)',
  });
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
