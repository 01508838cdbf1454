import { isoOf } from '../units.ts';
import type { Assessment, Proposal } from './report.ts';

/** The report for programs: rates in USD per hour at list price, shares from 0 to 1. */
export function exported(a: Assessment): Record<string, unknown> {
  return {
    schemaVersion: 1,
    seen: a.seen,
    pricedShare: a.pricedShare,
    now: a.now,
    sameCloud: a.sameCloud ? proposal(a.sameCloud) : null,
    acrossClouds: a.acrossClouds ? proposal(a.acrossClouds) : null,
    eachCloud: a.eachCloud.map((o) => ({ addedPlaces: o.places, ...proposal(o.proposal) })),
    notPriced: a.unpriced,
    notMoved: a.stays,
    leftOut: a.leftOut,
    podsTiedToRegion: a.tiedToRegion,
    notes: a.notes,
    prices: a.prices.map((p) => ({ ...p, asOf: isoOf(p.asOf).slice(0, 10) })),
  };
}

function proposal(p: Proposal): Record<string, unknown> {
  const { kind, places, usdPerHour, lowerBoundUsdPerHour, gap, savedUsdPerHour, nodes, staying, mix } = p;
  return { kind, places, usdPerHour, lowerBoundUsdPerHour, gap, savedUsdPerHour, nodes, staying, mix };
}
