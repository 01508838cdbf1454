import { percentile } from '../demand/objective.ts';
import { amount, count, counted, duration, named, percent, rate, rateChange, short } from '../figures.ts';
import { shortened } from '../trouble.ts';
import { isoOf, usdPerMonth } from '../units.ts';
import type { Explanation, GroupWhy, PoolWhy } from './explain.ts';
import { needOf } from './reasons.ts';
import { timeText } from './render/sections.ts';
import type { WhyNotAnswers } from './why-not.ts';

/** An explanation in lines; those that belong to the one above are indented. */
export function explainText(explanation: Explanation): readonly string[] {
  switch (explanation.kind) {
    case 'group':
      return groupText(explanation.group);
    case 'service':
      return explanation.groups.flatMap((group, i) => [...(i > 0 ? [''] : []), ...groupText(group)]);
    case 'pool':
      return [...poolText(explanation.pool), ...briefly(explanation.groups)];
    case 'offering':
      return [...explanation.pools.flatMap(poolText), ...briefly(explanation.groups)];
    case 'not-in-plan':
      return whyNotText(explanation.why);
    case 'unknown':
      return [
        `no such pool, service, group or offering: ${shortened(explanation.subject)}` +
          (explanation.nearest === undefined ? '' : `; did you mean ${explanation.nearest}?`),
      ];
    default:
      return explanation satisfies never;
  }
}

function groupText(group: GroupWhy): readonly string[] {
  const { demand, forecast, placed, usdPerHour } = group;
  const spare = placed - demand.replicas;
  return [
    `${demand.name}: ${counted(demand.replicas, 'replica')}`,
    ...(forecast
      ? [
          `  load      ${short(forecast.now)} ${forecast.unit} now; the forecast (${forecast.method}) reaches ` +
            `${short(forecast.peak)} at ${timeText(forecast.peakAt)} (${percentile(forecast.peakQuantile)} quantile)`,
        ]
      : ['  load      not known: nothing was seen, so there is no forecast']),
    `  replicas  ${needOf(demand)}${arithmetic(group)}; may have ${count(group.minReplicas)} to ${count(group.maxReplicas)}`,
    `  quantile  ${quantileText(group)}`,
    `  placed    ${counted(placed, 'replica')}${spare > 0 ? `, ${count(spare)} more than the load needs, for the rules below or because whole nodes have room` : ''}`,
    ...placesText(group),
    ...(usdPerHour === undefined
      ? []
      : [`  price     one more replica costs ${rate(usdPerHour)}, ${amount(usdPerMonth(usdPerHour))} a month`]),
    ...group.rules.map((r) => `  binds     ${r.rule}: easing it by one replica saves ${rate(r.usdPerHour)}`),
    ...ruledOutText(demand.ruledOut),
  ];
}

/** Which one, why, and what a tenth of its misses would cost. */
function quantileText({ demand, nextNineUsdPerHour: usd }: GroupWhy): string {
  const why = `${percentile(demand.quantile)}, ${demand.quantileFrom === 'costs' ? 'because of its costs: ' : ''}${demand.quantileWhy}`;
  if (demand.nextNine === undefined) return why;
  const month = usd === undefined ? '' : `, ${amount(usdPerMonth(usd))} a month more`;
  return `${why}; ${percentile(demand.nextNine.quantile)} takes ${counted(demand.nextNine.replicas, 'replica')}${month}`;
}

/** On a pool the groups are a line each; asked for by name they tell all. */
function briefly(groups: readonly GroupWhy[]): readonly string[] {
  if (groups.length === 0) return [];
  const lines = groups.map(({ demand, usdPerHour }) => {
    const price = usdPerHour === undefined ? '' : `; one more replica costs ${amount(usdPerMonth(usdPerHour))} a month`;
    return `  ${needOf(demand)}${price}`;
  });
  return ['', ...lines, '', `godwit explain ${groups[0]?.demand.name} tells more of a group`];
}

const MOST_PLACES = 8;

function placesText({ nodes }: GroupWhy): readonly string[] {
  const rest = nodes.length - MOST_PLACES;
  return [
    ...nodes
      .slice(0, MOST_PLACES)
      .map((n) => `            ${count(n.replicas)} on ${counted(n.nodes, 'node')} of ${n.offering}`),
    ...(rest > 0 ? [`            and on ${counted(rest, 'further offering')}`] : []),
  ];
}

function ruledOutText(ruledOut: ReadonlyMap<string, string>): readonly string[] {
  const places = new Map<string, string[]>();
  for (const [place, reason] of ruledOut) places.set(reason, [...(places.get(reason) ?? []), place]);
  return [...places].map(([reason, all]) => `  not in    ${named(all, 6)}: ${reason}`);
}

function arithmetic({ demand, capacityPerReplica, headroom }: GroupWhy): string {
  if (demand.setBy !== 'load' || !Number.isFinite(capacityPerReplica)) return '';
  const more = headroom > 0 ? ` + ${percent(headroom)} headroom` : '';
  return `: ${short(demand.load)}${more} at ${short(capacityPerReplica)} a replica`;
}

function poolText({ change, used, price, step, waiting }: PoolWhy): readonly string[] {
  const { pool, offering, from, to, goal, usdPerHour, carries } = change;
  const groups = Object.entries(carries).toSorted(([, a], [, b]) => b - a);
  return [
    `${pool}: ${from === to ? counted(to, 'node') : `${count(from)} → ${counted(to, 'node')}`} of ${offering}`,
    ...(usdPerHour === undefined
      ? ['  price     the catalog has none, so the pool is left as it is']
      : [
          `  price     ${rate(usdPerHour)} a node${price ? ` (${price.source}, ${isoOf(price.asOf).slice(0, 10)})` : ''}`,
        ]),
    ...(step ? [`  step      ${step.id} ${step.kind}, ${rateChange(step.usdPerHourDelta)}: ${step.reason}`] : []),
    ...(step?.kind === 'drain' ? [`  drain     up to ${duration(step.drainS)} a node`] : []),
    ...waiting.map((w) => `  waits     ${counted(w.nodes, w.kind)} (goal ${counted(goal, 'node')}): ${w.reason}`),
    ...(groups.length > 0
      ? [
          `  carries   ${named(
            groups.map(([name, n]) => `${count(n)} × ${name}`),
            6,
          )}`,
        ]
      : []),
    ...(used ? [`  filled    ${percent(used.cpu)} of its CPU and ${percent(used.memory)} of its memory`] : []),
  ];
}

/** Offerings with the same answer, most often the zones of a region, are told together. */
export function whyNotText({ asked, answers, more }: WhyNotAnswers): readonly string[] {
  const byText = new Map<string, string[]>();
  for (const { offering, text } of answers) byText.set(text, [...(byText.get(text) ?? []), offering]);
  return [
    ...[...byText].flatMap(([text, offerings]) => [...offerings, `  ${text}`]),
    ...(more > 0
      ? ['', `${counted(more, 'further offering')} ${more === 1 ? 'matches' : 'match'} ${asked}; --limit shows more`]
      : []),
  ];
}
