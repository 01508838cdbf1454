/** The parts of the world that Azure and Google price traffic by. */
export type Area = 'na' | 'eu' | 'asia' | 'oceania' | 'sa' | 'mea';

/** Google's regions say it in their name. */
export function gcpArea(region: string): Area {
  const area = GCP.find(([prefix]) => region.startsWith(prefix))?.[1];
  if (!area) throw new Error(`in which part of the world is gcp/${region}?`);
  return area;
}

const GCP: readonly (readonly [string, Area])[] = [
  ['us-', 'na'],
  ['northamerica-', 'na'],
  ['europe-', 'eu'],
  ['asia-', 'asia'],
  ['australia-', 'oceania'],
  ['southamerica-', 'sa'],
  ['me-', 'mea'],
  ['africa-', 'mea'],
];

/** Azure's regions by geography. Source: learn.microsoft.com/azure/reliability/regions-list */
export function azureArea(region: string): Area {
  for (const [area, regions] of Object.entries(AZURE) as [Area, string][]) {
    if (regions.split(/\s+/).includes(region)) return area;
  }
  throw new Error(`in which part of the world is azure/${region}?`);
}

const AZURE: Readonly<Record<Area, string>> = {
  na: `canadacentral canadaeast centralus eastus eastus2 mexicocentral northcentralus southcentralus westcentralus
    westus westus2 westus3`,
  eu: `austriaeast francecentral francesouth germanynorth germanywestcentral italynorth northeurope norwayeast
    norwaywest polandcentral spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uksouth ukwest
    westeurope`,
  asia: `centralindia eastasia indonesiacentral japaneast japanwest jioindiacentral jioindiawest koreacentral
    koreasouth malaysiawest southeastasia southindia westindia`,
  oceania: 'australiacentral australiacentral2 australiaeast australiasoutheast newzealandnorth',
  sa: 'brazilsouth brazilsoutheast chilecentral',
  mea: 'israelcentral qatarcentral southafricanorth southafricawest uaecentral uaenorth',
};
