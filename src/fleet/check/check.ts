import type { FleetDocument } from '../document/document.ts';
import type { Finding } from '../finding.ts';
import type { Fleet } from '../fleet.ts';
import { checkClouds } from './clouds.ts';
import { checkContracts } from './contracts.ts';
import { checkMarkets } from './markets.ts';
import { checkPolicies } from './policies.ts';
import { checkPools } from './pools.ts';
import { checkReach } from './reach.ts';
import { checkServices } from './services.ts';
import { checkSignals } from './signals.ts';
import { checkTraffic } from './traffic.ts';

/** Whether the parts of a fleet file fit together. A check reads the document for where, and the fleet for what. */
export type Check = (document: FleetDocument, fleet: Fleet) => readonly Finding[];

const CHECKS: readonly Check[] = [
  checkClouds,
  checkMarkets,
  checkSignals,
  checkServices,
  checkReach,
  checkTraffic,
  checkPools,
  checkContracts,
  checkPolicies,
];

export const check: Check = (document, fleet) => CHECKS.flatMap((each) => each(document, fleet));
