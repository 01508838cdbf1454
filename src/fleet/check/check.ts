import type { FleetDocument } from '../document/document.ts';
import type { Finding } from '../finding.ts';
import type { Fleet } from '../fleet.ts';
import { checkClouds } from './clouds.ts';
import { checkContracts } from './contracts.ts';
import { checkEvents } from './events.ts';
import { checkMarkets } from './markets.ts';
import { checkPolicies } from './policies.ts';
import { checkPools } from './pools.ts';
import { checkReach } from './reach.ts';
import { checkServices } from './services.ts';
import { checkSignals } from './signals.ts';
import { checkTraffic } from './traffic.ts';

/** Whether the parts of a fleet file fit together. A check reads the document for where, and the fleet for what. */
export type Check = (document: FleetDocument, fleet: Fleet) => readonly Finding[];

/** Where a service can run follows from the names in these parts: it is asked once they are right. */
const CHECKS: readonly Check[] = [
  checkClouds,
  checkMarkets,
  checkEvents,
  checkSignals,
  checkServices,
  checkTraffic,
  checkPools,
  checkContracts,
  checkPolicies,
];

export const check: Check = (document, fleet) => {
  // without a single place every name of one would be told to be wrong
  if (fleet.clouds.length === 0) return checkClouds(document, fleet);
  const findings = CHECKS.flatMap((each) => each(document, fleet));
  const misnamed = findings.some(({ path: [part] }) => part === 'clouds' || part === 'markets' || part === 'services');
  return misnamed ? findings : [...findings, ...checkReach(document, fleet)];
};
