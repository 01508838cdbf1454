import { describe, expect, it } from 'vitest';
import { grant, PERMISSIONS, policyDocument } from '../../providers/azure/permissions.ts';
import { ROUTES } from '../clouds/azure-routes.ts';
import { azureSubject } from './azure-subject.ts';

describe('what a role on Azure must allow', () => {
  it('is, for each call, the action that Azure checks it by', () => {
    for (const { api, action } of ROUTES.filter((route) => route.action !== '' && route.api !== 'operations.get')) {
      const granted = PERMISSIONS.filter(({ calls }) => calls.includes(api)).map(({ permission }) => permission);
      expect(granted, api).toContain(action);
    }
  });

  it('names no call that the adapter does not make', () => {
    const made = new Set(ROUTES.map(({ api }) => api));
    expect(PERMISSIONS.flatMap(({ calls }) => calls).filter((api) => !made.has(api))).toEqual([]);
  });

  it('lets a role that reads write nothing', () => {
    const { Actions: actions } = policyDocument(['read', 'optional']) as { Actions: readonly string[] };
    expect(actions.length).toBeGreaterThan(8);
    expect(actions.filter((action) => !action.endsWith('/read'))).toEqual([]);
    expect(actions.filter((action) => action.startsWith('Microsoft.Capacity/'))).toEqual([]);
  });

  it('is rendered for what is missing alone, in the fleet’s subscription', async () => {
    const subject = await azureSubject({ actions: ['*/read'] });
    try {
      const findings = await (await subject.open()).examine(subject.fleet);
      const granted = findings.filter((f) => f.about === 'permission' && f.state === 'ok').map((f) => f.permission);
      expect(granted).toContain('Microsoft.Compute/virtualMachineScaleSets/read');
      expect(granted).not.toContain('Microsoft.Compute/virtualMachineScaleSets/write');
      const role = JSON.parse(grant(['Microsoft.Compute/virtualMachineScaleSets/write'], subject.fleet)) as object;
      expect(role).toMatchObject({
        Actions: ['Microsoft.Compute/virtualMachineScaleSets/write'],
        AssignableScopes: ['/subscriptions/6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10'],
      });
      expect(subject.fake.complaints).toEqual([]);
    } finally {
      await subject.close();
    }
  });
});
