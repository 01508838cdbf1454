/** Replicas of one group in one place. */
export interface Standing {
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly replicas: number;
}

export type LossKind = 'provider' | 'region' | 'zone';

export interface AfterLoss {
  /** what is lost: `aws`, `aws/us-east-1`, `aws/us-east-1/us-east-1a` */
  readonly lost: string;
  readonly lostReplicas: number;
  readonly remaining: number;
}

/** What is left of a group after the loss of each provider, region or zone that it runs in, the worst loss first. */
export function lossesOf(standings: readonly Standing[], kind: LossKind): readonly AfterLoss[] {
  const total = standings.reduce((sum, s) => sum + s.replicas, 0);
  const lost = new Map<string, number>();
  for (const s of standings) {
    if (s.replicas > 0) lost.set(domainOf(s, kind), (lost.get(domainOf(s, kind)) ?? 0) + s.replicas);
  }
  return [...lost]
    .map(([name, replicas]) => ({ lost: name, lostReplicas: replicas, remaining: total - replicas }))
    .toSorted((a, b) => b.lostReplicas - a.lostReplicas || (a.lost < b.lost ? -1 : 1));
}

/** Zones are named with their region and provider: Azure calls them `1`, `2`, `3` everywhere. */
function domainOf({ provider, region, zone }: Standing, kind: LossKind): string {
  switch (kind) {
    case 'provider':
      return provider;
    case 'region':
      return `${provider}/${region}`;
    case 'zone':
      return `${provider}/${region}/${zone}`;
    default:
      return kind satisfies never;
  }
}
