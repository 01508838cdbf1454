import { bad, good, printable, type Checked } from '../trouble.ts';
import { readFleetFile } from '../world/read-fleet.ts';
import { providerParts } from './parts.ts';

/** Notes a person's word that what was seen in a place of the fleet, `aws/us-east-1`, is gone for good. */
export async function believePlace(file: string, place: string): Promise<Checked<void>> {
  const fleet = await readFleetFile(file);
  if (!fleet.ok) return fleet;
  const places = fleet.value.clouds.flatMap(({ provider, regions }) => regions.map(({ name }) => ({ provider, name })));
  const meant = places.find(({ provider, name }) => place === `${provider}/${name}`);
  if (!meant) {
    const remedy = `name one of ${places.map(({ provider, name }) => `${provider}/${name}`).join(', ')}`;
    return bad({ file, value: printable(place), problem: 'the fleet has no such place', remedy });
  }
  const [{ shelf }, { believe }] = await Promise.all([providerParts(), import('../calls/believed.ts')]);
  if (await believe(shelf, meant.provider, meant.name)) return good(undefined);
  const remedy = 'set GODWIT_CACHE_DIR to the folder that plans are made with, and see that it can be written';
  return bad({ file: 'cache folder', problem: 'it keeps nothing, so the word is lost', remedy });
}
