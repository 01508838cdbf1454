import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { request } from 'node:https';
import { describe, expect, it } from 'vitest';
import { smallWorld } from '../contract/small-world.ts';
import { loopbackCertificate } from './azure-certificate.ts';
import { fakeAzure, type FakeAzure } from './azure.ts';

const described = existsSync(new URL('../../../shared/data/specs/azure', import.meta.url));
const SET =
  '/subscriptions/6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10/resourceGroups/im-fleet/providers/Microsoft.Compute/virtualMachineScaleSets/gatewaya';
const VERSION = '?api-version=2026-03-01';

function send(
  fake: FakeAzure,
  method: string,
  path: string,
  body?: unknown,
  token = 'Bearer token-of-the-test-server',
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: token };
    const call = request(`${fake.url}${path}`, { method, ca: fake.ca, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function complaintsOf(method: string, path: string, body?: unknown, token?: string): Promise<readonly string[]> {
  const fake = await fakeAzure(smallWorld('azure').world);
  try {
    await send(fake, method, path, body, token);
    return fake.complaints;
  } finally {
    await fake.close();
  }
}

describe('the fake of Azure', () => {
  it('has no complaint about a sound request', async () => {
    expect(await complaintsOf('PATCH', `${SET}${VERSION}`, { sku: { name: 'Standard_D2s_v5', capacity: 4 } })).toEqual(
      [],
    );
    expect(await complaintsOf('GET', `${SET}${VERSION}`)).toEqual([]);
  });

  it.each([
    ['GET', '/subscriptions/x/providers/Microsoft.Nothing/things?api-version=1', undefined, 'no such route'],
    ['GET', SET, undefined, 'no api-version'],
  ])('complains of %s %s', async (method, path, body, words) => {
    expect((await complaintsOf(method, path, body)).join('\n')).toContain(words);
  });

  it('complains of a request with a token of its own making, and of one to the price list', async () => {
    expect((await complaintsOf('GET', `${SET}${VERSION}`, undefined, 'Bearer forged')).join()).toContain(
      'another token',
    );
    expect((await complaintsOf('GET', '/api/retail/prices?api-version=1')).join()).toContain('a token went to');
  });

  it.skipIf(!described).each([
    ['PATCH', { sku: { capacity: 'four' } }, 'INVALID_TYPE'],
    ['POST', { instanceIds: '1' }, 'INVALID_TYPE'],
    ['POST', {}, 'instanceIds'],
    [
      'PUT',
      { location: 'eastus2', sku: { name: 'x', capacity: 1 }, properties: { virtualMachineProfile: { priority: 5 } } },
      'priority',
    ],
    [
      'PUT',
      { location: 'eastus2', sku: { name: 'x', capacity: 1 }, properties: { upgradePolicy: { mode: 'Sometimes' } } },
      'mode',
    ],
  ])('holds a %s body against Azure’s descriptions: %j', async (method, body, words) => {
    const path = method === 'POST' ? `${SET}/delete${VERSION}` : `${SET}${VERSION}`;
    expect((await complaintsOf(method, path, body)).join('\n')).toContain(words);
  });

  it('shows a certificate for this machine alone, another for each server', () => {
    const [one, two] = [loopbackCertificate(), loopbackCertificate()];
    const certificate = new X509Certificate(one.cert);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(one.cert).not.toBe(two.cert);
  });
});
