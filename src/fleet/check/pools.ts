import type { Finding, Path } from '../finding.ts';
import type { DeclaredPool, Fleet, PoolTemplate } from '../fleet.ts';
import { globMatch } from '../glob.ts';
import { listed } from '../nearest.ts';
import type { Check } from './check.ts';
import { regionOf, unlessInClouds, unlessKnown, unlessUnique } from './known.ts';

export const checkPools: Check = (_document, fleet) => {
  const { pools, templates } = fleet;
  if (pools.length + templates.length === 0 && fleet.findPoolsByTag === undefined) {
    const remedy = 'add pools.templates for what may be opened, and pools.declared for what runs';
    return [{ path: ['pools'], onKey: true, problem: 'there is no pool and none may be opened', remedy }];
  }
  return [
    ...unlessUnique(
      pools.map((pool) => pool.name),
      (i) => ['pools', 'declared', i, 'name'],
    ),
    ...unlessUnique(
      templates.map((template) => template.name),
      (i) => ['pools', 'templates', i, 'name'],
    ),
    ...pools.flatMap((pool, i) => checkPool(pool, ['pools', 'declared', i], fleet)),
    ...templates.flatMap((template, i) => checkTemplate(template, ['pools', 'templates', i], fleet)),
    ...checkOwnMachines(fleet),
  ];
};

function checkPool(pool: DeclaredPool, path: Path, fleet: Fleet): readonly Finding[] {
  const misplaced = unlessInClouds(path, pool, fleet);
  const own = regionOf(fleet, pool.provider, pool.region)?.own;
  const types = own?.nodeTypes.map((type) => type.name);
  return [
    ...misplaced,
    ...(types === undefined ? [] : unlessKnown([...path, 'type'], pool.type, types, `node type of ${pool.region}`)),
    ...(pool.provider === 'kubernetes' && pool.purchase === 'spot' ? [noSpot([...path, 'purchase'])] : []),
    ...(pool.min > pool.max
      ? [{ path: [...path, 'min'], problem: `more than max, ${pool.max}`, remedy: 'lower it, or raise max' }]
      : []),
  ];
}

const noSpot = (path: Path): Finding => ({ path, problem: 'own clusters sell no spot', remedy: 'write on-demand' });

function checkTemplate(template: PoolTemplate, path: Path, fleet: Fleet): readonly Finding[] {
  const misplaced = unlessInClouds(path, { provider: template.provider }, fleet);
  if (misplaced.length > 0) return misplaced;
  const cloud = fleet.clouds.find((each) => each.provider === template.provider);
  const names = cloud?.regions.map((region) => region.name) ?? [];
  const unknown = (template.regions ?? []).flatMap((region, i) =>
    unlessKnown([...path, 'regions', i], region, names, `region under clouds.${template.provider}`),
  );
  const spot = template.purchase.indexOf('spot');
  return [
    ...unknown,
    ...(template.provider === 'kubernetes' && spot >= 0 ? [noSpot([...path, 'purchase', spot])] : []),
    ...(template.provider === 'kubernetes' && unknown.length === 0 ? checkOwnTypes(template, path, fleet) : []),
  ];
}

/** A vendor's types are the catalog's to know; an own cluster states its own. */
function checkOwnTypes(template: PoolTemplate, path: Path, fleet: Fleet): readonly Finding[] {
  const types = fleet.clouds
    .flatMap((cloud) => cloud.regions)
    .filter((region) => template.regions?.includes(region.name) ?? true)
    .flatMap((region) => region.own?.nodeTypes.map((type) => type.name) ?? []);
  return template.types.flatMap((type, i) =>
    types.some((name) => globMatch(type, name))
      ? []
      : [
          {
            path: [...path, 'types', i],
            problem: 'no own cluster has it',
            remedy: `they have ${listed([...new Set(types)])}`,
          },
        ],
  );
}

/** Declared nodes that an own cluster does not have the machines for. */
function checkOwnMachines(fleet: Fleet): readonly Finding[] {
  const running = new Map<string, number>();
  return fleet.pools.flatMap((pool, i) => {
    const type = regionOf(fleet, pool.provider, pool.region)?.own?.nodeTypes.find((each) => each.name === pool.type);
    if (type === undefined) return [];
    const key = [pool.region, pool.zone, pool.type].join('/');
    const nodes = (running.get(key) ?? 0) + pool.nodes;
    running.set(key, nodes);
    if (nodes <= type.atMostPerZone) return [];
    const problem = `${nodes} nodes of ${pool.type} run in ${pool.zone}, which has ${type.atMostPerZone}`;
    return [{ path: ['pools', 'declared', i, 'nodes'], problem, remedy: 'correct it, or the cluster’s atMostPerZone' }];
  });
}
