/**
 * Load that nobody recorded, to train linear experts on: days with one to three humps, weekends that differ, levels
 * that drift, jump and grow, noise from calm services to small counts. Seeded; hourly.
 *
 * Ranges are those that public load series show: chat and games have deep nights, web traffic weak weekends, machine
 * traffic jobs on the hour.
 */
export function generatedLoad(seed: number, hours: number): Float64Array {
  const dice = new Dice(seed);
  const weekday = humps(dice);
  const weekend = dice.below(0.5) ? weekday : blended(weekday, humps(dice), dice.from(0.1, 0.6));
  const weekendLevel = dice.below(0.25) ? 1 : Math.exp(dice.from(-0.9, 0.25));
  const firstDay = Math.floor(dice.from(0, 7));
  const growth = dice.normal() * 0.0004;
  const dayNoise = dice.from(0.005, 0.09);
  const dayMemory = dice.from(0, 0.9);
  const hourNoise = Math.exp(dice.from(Math.log(0.004), Math.log(0.12)));
  const hourMemory = dice.from(0, 0.95);
  const jumps = dice.below(0.4) ? 1 / dice.from(15, 60) : 0;
  const counts = dice.below(0.25) ? dice.from(4, 200) : 0;
  const job = dice.below(0.15) ? { at: Math.floor(dice.from(0, 24)), times: dice.from(1.3, 4) } : undefined;
  const load = new Float64Array(hours);
  let level = 0;
  let day = 0;
  let hour = 0;
  for (let i = 0; i < hours; i++) {
    const clock = i % 24;
    if (clock === 0) {
      day = dayMemory * day + Math.sqrt(1 - dayMemory ** 2) * dayNoise * dice.normal();
      if (dice.below(jumps)) level += dice.normal() * 0.25;
      level += growth * 24 + dice.normal() * dayNoise * 0.2;
    }
    hour = hourMemory * hour + Math.sqrt(1 - hourMemory ** 2) * hourNoise * dice.normal();
    const today = (Math.floor(i / 24) + firstDay) % 7;
    const shape = today >= 5 ? weekend : weekday;
    const usual = (shape[clock] ?? 1) * (today >= 5 ? weekendLevel : 1);
    const jobNow = job && clock === job.at ? job.times : 1;
    const mean = usual * jobNow * Math.exp(level + day + hour);
    load[i] = counts > 0 ? Math.max(0, Math.round(counts * mean + Math.sqrt(counts * mean) * dice.normal())) : mean;
  }
  return load;
}

/** Load by the hour of a day: a floor and one to three humps, 1 on average. */
function humps(dice: Dice): Float64Array {
  const floor = dice.from(0.05, 0.8);
  const day = new Float64Array(24).fill(floor);
  const count = 1 + Math.floor(dice.from(0, 3));
  for (let k = 0; k < count; k++) {
    const middle = dice.from(0, 24);
    const width = dice.from(1.5, 6);
    const height = dice.from(0.2, 1.2);
    for (let h = 0; h < 24; h++) {
      const off = Math.min(Math.abs(h - middle), 24 - Math.abs(h - middle)) / width;
      day[h] = (day[h] ?? 0) + height * Math.exp(-0.5 * off * off);
    }
  }
  const mean = day.reduce((a, b) => a + b, 0) / 24;
  return day.map((x) => x / mean);
}

const blended = (a: Float64Array, b: Float64Array, share: number): Float64Array =>
  a.map((x, i) => (1 - share) * x + share * (b[i] ?? 0));

/** A small seeded source of chance (Mulberry32). */
class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  from(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  below(share: number): boolean {
    return this.next() < share;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
