import type { Checked } from '../trouble.ts';
import { instant, mib } from '../units.ts';
import { BANDS } from './interruption.ts';
import { decodeCells, toMicro } from './cells.ts';
import { type ProviderName } from './offering.ts';
import { countAt, dayAt, Malformed, positiveAt, readRecords, textAt, type DataRecord } from './records.ts';
import {
  emptyRegion,
  isArch,
  type InstanceType,
  type ProviderCatalog,
  type RegionPrices,
  type Source,
  type SpotModel,
} from './snapshot.ts';

export const headerOf = (provider: ProviderName): readonly string[] => ['godwit-catalog', '1', provider];

/**
 * Reads the price list of one provider; `docs/catalog.md` describes the format. Any damage is one trouble: half a
 * price list is worse than none.
 */
export function decodeCatalog(file: string, text: string, provider: ProviderName): Checked<ProviderCatalog> {
  return readRecords(file, text, headerOf(provider), (records) => new Decoder(provider, records).read());
}

interface Family {
  readonly name: string;
  /** index of its first type */
  readonly first: number;
  readonly vcpus: number[];
}

class Decoder {
  readonly #provider: ProviderName;
  readonly #records: Iterable<DataRecord>;
  readonly #sources: Source[] = [];
  readonly #types: InstanceType[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #families = new Map<string, Family>();
  readonly #regions = new Map<string, ReturnType<typeof emptyRegion>>();
  #family: { readonly record: DataRecord; readonly group: Family } | undefined;
  #region: ReturnType<typeof emptyRegion> | undefined;
  #spotModel: SpotModel | undefined;

  constructor(provider: ProviderName, records: Iterable<DataRecord>) {
    this.#provider = provider;
    this.#records = records;
  }

  read(): ProviderCatalog {
    for (const record of this.#records) this.#take(record);
    if (this.#spotModel) this.#fillSpot(this.#spotModel);
    return {
      provider: this.#provider,
      sources: this.#sources,
      types: this.#types,
      indexOf: this.#indexOf,
      regions: this.#regions,
      ...(this.#spotModel && { spotModel: this.#spotModel }),
    };
  }

  #take(record: DataRecord): void {
    switch (record.kind) {
      case 'source':
        return this.#takeSource(record);
      case 'spot-model':
        this.#spotModel = { shareOfOnDemand: this.#share(record), source: this.#sourceAt(record, 1) };
        return;
      case 'family':
        return this.#takeFamily(record);
      case 'type':
        return this.#takeType(record);
      case 'region':
        return this.#takeRegion(record);
      case 'price':
        return this.#takePrices(record);
      case 'spot':
        return this.#takeSpot(record);
      case 'zones':
        return this.#takeZones(record);
      default:
        throw new Malformed(record.line, 'the record is of a kind that this version does not know', record.kind);
    }
  }

  #takeSource(record: DataRecord): void {
    const basis = textAt(record, 1, 'basis');
    if (basis !== 'listed' && basis !== 'derived' && basis !== 'modelled') {
      throw new Malformed(record.line, 'source: basis is not listed, derived or modelled', basis);
    }
    const asOf = instant(dayAt(record, 0, 'date'));
    this.#sources.push({ asOf, basis, licence: textAt(record, 2, 'licence'), name: textAt(record, 3, 'name') });
  }

  #takeFamily(record: DataRecord): void {
    const name = textAt(record, 0, 'name');
    if (this.#families.has(name)) throw new Malformed(record.line, 'the family is there twice', name);
    const group = { name, first: this.#types.length, vcpus: [] };
    this.#families.set(name, group);
    this.#family = { record, group };
  }

  #takeType(record: DataRecord): void {
    if (!this.#family) throw new Malformed(record.line, 'a type before any family');
    const { record: family, group } = this.#family;
    const name = textAt(record, 0, 'name');
    const arch = textAt(family, 1, 'arch');
    if (!isArch(arch)) throw new Malformed(family.line, 'family: arch is not amd64 or arm64', arch);
    if (this.#indexOf.has(name)) throw new Malformed(record.line, 'the type is there twice', name);
    const vcpu = positiveAt(record, 1, 'vCPUs');
    const gpu = record.fields[4] !== undefined;
    this.#indexOf.set(name, this.#types.length);
    this.#types.push({
      name,
      family: group.name,
      arch,
      vcpu,
      memory: mib(positiveAt(record, 2, 'GiB of memory') * 1024),
      ...(gpu && { gpu: { count: countAt(record, 4, 'GPUs', 1), name: textAt(record, 5, 'GPU name') } }),
      ...(record.fields[3] && { maxPods: countAt(record, 3, 'most pods', 1) }),
      spot: family.fields[2] !== 'no-spot',
    });
    group.vcpus.push(vcpu);
  }

  #takeRegion(record: DataRecord): void {
    const name = textAt(record, 0, 'name');
    if (this.#regions.has(name)) throw new Malformed(record.line, 'the region is there twice', name);
    this.#region = emptyRegion(name, this.#types.length, countAt(record, 1, 'quarantined prices'));
    this.#regions.set(name, this.#region);
  }

  #takePrices(record: DataRecord): void {
    const { region, family } = this.#rowOf(record);
    const source = this.#sourceAt(record, 1);
    const row = { text: textAt(record, 2, 'prices'), line: record.line, weights: family.vcpus, first: family.first };
    decodeCells({ ...row, into: region.onDemand }, (index) => (region.onDemandSource[index] = source));
  }

  #takeSpot(record: DataRecord): void {
    const { region, family } = this.#rowOf(record);
    const source = this.#sourceAt(record, 1);
    const row = { text: textAt(record, 2, 'prices'), line: record.line, weights: family.vcpus, first: family.first };
    const spot = { onDemand: region.onDemand, band: region.band, bands: BANDS.length };
    decodeCells({ ...row, into: region.spot, spot }, (index) => (region.spotSource[index] = source));
  }

  /** One cell a type: the letters of its zones, `=` as before, `-` not known. A zone is `region-letter`. */
  #takeZones(record: DataRecord): void {
    const { region, family } = this.#rowOf(record);
    let zones: readonly string[] = [];
    for (const [i, cell] of textAt(record, 1, 'zones').split(' ').entries()) {
      if (cell === '-') continue;
      if (cell !== '=') {
        if (!/^[a-z]+$/.test(cell)) throw new Malformed(record.line, 'zones: a cell is not a row of letters', cell);
        zones = cell.split('').map((letter) => `${region.name}-${letter}`);
      }
      if (i >= family.vcpus.length) throw new Malformed(record.line, 'zones: more cells than types');
      if (zones.length === 0) throw new Malformed(record.line, 'zones: "=" before any zones');
      region.zones.set(family.first + i, zones);
    }
  }

  #rowOf(record: DataRecord): { region: ReturnType<typeof emptyRegion>; family: Family } {
    if (!this.#region) throw new Malformed(record.line, `${record.kind} before any region`);
    const name = textAt(record, 0, 'family');
    const family = this.#families.get(name);
    if (!family) throw new Malformed(record.line, `${record.kind}: no such family`, name);
    return { region: this.#region, family };
  }

  /** sources are numbered from 1 in the file */
  #sourceAt(record: DataRecord, index: number): number {
    const number = countAt(record, index, 'source', 1);
    if (number > this.#sources.length) throw new Malformed(record.line, 'no such source', String(number));
    return number - 1;
  }

  #share(record: DataRecord): number {
    const share = positiveAt(record, 0, 'share of on-demand');
    if (share > 1) throw new Malformed(record.line, 'spot-model: share of on-demand is over 1', String(share));
    return share;
  }

  #fillSpot({ shareOfOnDemand, source }: SpotModel): void {
    for (const region of this.#regions.values()) fillSpot(this.#types, region, shareOfOnDemand, source);
  }
}

/** Sets the modelled spot price of every type that has an on-demand price and is sold as spot. */
export function fillSpot(types: readonly InstanceType[], region: RegionPrices, share: number, source: number): void {
  for (let i = 0; i < types.length; i++) {
    const onDemand = region.onDemand[i] ?? Number.NaN;
    if (!types[i]?.spot || Number.isNaN(onDemand)) continue;
    region.spot[i] = toMicro(onDemand * share);
    region.spotSource[i] = source;
  }
}
