import { count, counted, duration, short } from '../src/figures.ts';
import { lossesOf, type AfterLoss } from '../src/policy/loss.ts';
import type { Fleet, GroupFact, PlanFacts, Policy } from '../src/policy/policy.ts';
import { groupsOf, hold, ruled, standingsOf, type Finding } from '../src/policy/rulings.ts';

type Service = Fleet['services'][number];

/**
 * After the loss of any one provider, region or zone, as each service states: enough replicas remain, and they can
 * take in the clients that were lost within the time of the storm. Counted anew from where the replicas are.
 */
export const surviveLoss: Policy = {
  name: 'survive-loss',
  shadow: { rows: ['survive', 'reconnect'], per: 'replica' },
  judge(facts, { services }) {
    const stated = services.filter((s) => s.survive);
    if (stated.length === 0) return undefined;
    if (facts.status === 'infeasible')
      return hold('no placement was found, and where the replicas run now is not known');
    const findings = stated.flatMap((s) => groupsOf(facts, [s.name]).flatMap((group) => findingsFor(facts, s, group)));
    return ruled(facts, findings, 'tightest', 'no group that must survive a loss needs a replica');
  },
};

function findingsFor(facts: PlanFacts, service: Service, group: GroupFact): readonly Finding[] {
  const { survive } = service;
  if (!survive || group.needed === 0) return [];
  const standings = standingsOf(facts, group.name).map((s) => ({ ...s, replicas: s.count }));
  const must = Math.ceil(survive.share * group.needed - 1e-9);
  const losses = lossesOf(standings, survive.loss);
  if (losses.length === 0) {
    const words = `${group.name} runs nowhere: 0 replicas where ${count(must)} must remain after a loss`;
    return must === 0 ? [] : [{ group: group.name, subject: `survive/${group.name}`, over: 1, words }];
  }
  return losses.flatMap((loss) => [
    {
      group: group.name,
      subject: `survive/${group.name}/${loss.lost}`,
      over: 1 - 1e-9 - (must === 0 ? Infinity : loss.remaining / must),
      words: `${group.name} without ${loss.lost} keeps ${counted(loss.remaining, 'replica')} where ${count(must)} must remain`,
    },
    ...stormFor(service, group, loss),
  ]);
}

/** The lost replicas' clients all come back at once; survivors take in so many a second on top of their work. */
function stormFor({ reconnect }: Service, group: GroupFact, loss: AfterLoss): readonly Finding[] {
  const all = loss.remaining + loss.lostReplicas;
  if (!reconnect || all === 0) return [];
  const load = Number.isNaN(group.load) ? group.needed * group.capacityPerReplica : group.load;
  const clients = (load * loss.lostReplicas) / all;
  const takes = clients / (loss.remaining * reconnect.handshakesPerSecond);
  const time = loss.remaining === 0 ? 'never' : `in ${duration(Math.ceil(takes))}`;
  return [
    {
      group: group.name,
      subject: `reconnect/${group.name}/${loss.lost}`,
      over: 1 - 1e-9 - (clients === 0 ? Infinity : reconnect.within / takes),
      words: `${short(clients)} clients of ${group.name} lost with ${loss.lost} are back ${time}, at most ${duration(reconnect.within)}`,
    },
  ];
}
