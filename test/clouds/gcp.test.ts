import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METHODS } from '../../providers/gcp/methods.ts';
import { grant, PERMISSIONS, policyDocument } from '../../providers/gcp/permissions.ts';
import { smallWorld } from '../contract/small-world.ts';
import { filterOf } from './gcp-filter.ts';
import { googleSpec } from './gcp-spec.ts';
import { fakeGcp, type FakeGcp } from './gcp.ts';

describe('the fake refuses what Google would refuse', () => {
  let fake: FakeGcp;
  beforeAll(async () => {
    fake = await fakeGcp(smallWorld('gcp').world);
  });
  afterAll(() => fake.close());
  const BASE = '/compute/v1/projects/im-fleet-project';
  const GROUP = `${BASE}/zones/us-east4-a/instanceGroupManagers`;

  it.each([
    ['a route that no method has', 'GET', `${BASE}/aggregated/instanceGroupManager`, undefined, 404, 'no route'],
    ['the wrong verb', 'PUT', `${GROUP}/gatewaya/resize?size=3`, undefined, 404, 'no route'],
    [
      'a parameter nobody knows',
      'GET',
      `${BASE}/aggregated/instances?pagesize=3`,
      undefined,
      400,
      'has no parameter pagesize',
    ],
    ['a number that is none', 'POST', `${GROUP}/gatewaya/resize?size=many`, undefined, 400, 'is no int32'],
    ['a size that is missing', 'POST', `${GROUP}/gatewaya/resize`, undefined, 400, 'needs size'],
    [
      'a field nobody knows',
      'POST',
      `${GROUP}/gatewaya/deleteInstances`,
      { instance: [] },
      400,
      'has no field instance',
    ],
    ['a field of another type', 'POST', `${GROUP}/gatewaya/deleteInstances`, { instances: 'a' }, 400, 'is no list'],
    ['a body where none belongs', 'POST', `${GROUP}/gatewaya/resize?size=3`, { size: 3 }, 400, 'takes no body'],
    ['another project', 'GET', '/compute/v1/projects/other/regions', undefined, 400, 'another project'],
  ])('%s', async (_what, method, path, body, status, words) => {
    const before = fake.complaints.length;
    const response = await fetch(fake.url + path, {
      method,
      headers: { authorization: 'Bearer fake-token', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(status);
    expect(fake.complaints.slice(before).join('; ')).toContain(words);
  });

  it('a request without a token', async () => {
    expect((await fetch(`${fake.url}${BASE}/regions`)).status).toBe(401);
  });

  it('and checks its own answers', () => {
    const matched = googleSpec().match('GET', `${BASE}/regions`);
    expect(matched?.checkAnswer({ items: [{ name: 'us-east4', quotas: [{ metric: 'CPUS', limit: 24 }] }] })).toEqual(
      [],
    );
    expect(matched?.checkAnswer({ items: [{ nom: 'us-east4', quotas: [{ limit: '24' }] }] })).toHaveLength(2);
  });
});

describe('filters', () => {
  const item = { zone: 'a', labels: { 'godwit-io-fleet': 'im' }, at: '2026-11-02T06:00:00Z', size: 4 };
  it.each([
    ['zone = "a"', true],
    ['zone = "b"', false],
    ['(zone = "b") OR (zone = "a")', true],
    ['labels.godwit-io-fleet = "im"', true],
    ['labels.godwit-io-fleet != "im"', false],
    // OR binds closer than AND: a AND (b OR a)
    ['(zone = "a") AND (zone = "b") OR (zone = "a")', true],
    ['(zone = "a") (size > 4)', false],
    ['(at > "2026-11-02T05:00:00Z") AND (size < 5)', true],
  ])('%s', (text, passes) => {
    expect(filterOf(text)(item)).toBe(passes);
  });
  it.each(['zone', 'zone =', '(zone = "a"', 'zone like "a"', 'zone = "a")', ''])('refuses %s', (text) => {
    expect(() => filterOf(text)).toThrow(SyntaxError);
  });
});

describe('permissions', () => {
  it('name every call but the public price list, and no call that is never made', () => {
    const named = new Set(PERMISSIONS.flatMap(({ calls }) => calls));
    const made = new Set(Object.keys(METHODS).filter((api) => api !== 'billing.skus.list'));
    expect([...named].toSorted()).toEqual([...made].toSorted());
  });

  it('are written as a role that gcloud takes, in which reading changes nothing', () => {
    const role = policyDocument(['read']);
    expect(role).toContain('includedPermissions:\n  - compute.autoscalers.list\n');
    expect(role).not.toMatch(/\.(?:update|create|delete|set\w+)\n/);
    expect(policyDocument(['read', 'scale'])).toContain('  - compute.instanceGroupManagers.update\n');
  });

  it('are granted one by one, and an API that is off is not taken for one', () => {
    const role = grant(['compute.regions.list', 'container.googleapis.com (to be enabled in the project)']);
    expect(role.split('\n').filter((line) => line.startsWith('  - '))).toEqual(['  - compute.regions.list']);
  });
});
