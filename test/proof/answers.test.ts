import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnswerFile } from '../../src/interchange/answer-file.ts';
import { answerJson, readAnswer } from '../../src/interchange/answer-json.ts';
import type { ProblemFile } from '../../src/interchange/problem-file.ts';
import { readProblemFile } from '../../src/interchange/read-problem.ts';
import { problemOf } from '../../src/interchange/to-problem.ts';
import { place } from '../../src/placement/place.ts';
import { violations } from '../../src/placement/verify.ts';
import type { LinearSolver } from '../../src/ports.ts';
import type { Claim, Finding } from '../../src/proof/finding.ts';
import { verify } from '../../src/proof/verify.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { leastCents } from '../placement/every-placement.ts';
import { RULES, smallFiles } from '../placement/small-files.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const SEED = 20_261_125;

interface Written {
  readonly problem: ProblemFile;
  readonly answer: AnswerFile;
}

/** As `godwit place -o json` writes it and `--verify` reads it. */
function written(problem: ProblemFile): Written {
  const readBack = readProblemFile('problem.json', JSON.stringify(problem));
  const answer = readAnswer('answer.json', JSON.stringify(answerJson(place(problemOf(problem), solver), 0.1)));
  if (!readBack.ok || !answer.ok) throw new Error('the files cannot be read back');
  return { problem: readBack.value, answer: answer.value };
}

const faults = (problem: ProblemFile, answer: AnswerFile): readonly Finding[] =>
  verify(problem, answer).findings.filter((f) => f.verdict === 'fails');

const failing = (problem: ProblemFile, answer: AnswerFile): readonly Claim[] =>
  faults(problem, answer).map((f) => f.claim);

/** Answers to seeded problems, found once: a handful of replicas under any rules, a hundred, and two rules alone. */
const KINDS = {
  small: { files: smallFiles(RULES), count: 150 },
  larger: { files: smallFiles(RULES, { each: 60, all: 150 }), count: 50 },
  elsewhere: { files: smallFiles(['allow', 'spotAtMost'], { each: 20, all: 60 }), count: 40 },
} as const;

const found = new Map<keyof typeof KINDS, readonly Written[]>();
function answers(kind: keyof typeof KINDS): readonly Written[] {
  const { files, count } = KINDS[kind];
  const all = found.get(kind) ?? fc.sample(files, { numRuns: count, seed: SEED }).map(written);
  found.set(kind, all);
  return all;
}

describe('an answer that was written and read back', () => {
  it.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('holds where all is placed: %s problems', (kind) => {
    const placed = answers(kind).filter(({ answer }) => answer.status === 'placed');
    expect(placed.length).toBeGreaterThan(KINDS[kind].count / 3);
    for (const { problem, answer } of placed) expect(faults(problem, answer)).toEqual([]);
  });

  it('holds where replicas are given up', () => {
    const others = (['small', 'larger'] as const).flatMap(answers).filter(({ answer }) => answer.status !== 'placed');
    expect(others.length).toBeGreaterThan(20);
    for (const { problem, answer } of others) expect(faults(problem, answer)).toEqual([]);
  });
});

describe('an answer that was tampered with', () => {
  /** On every answer it can be done to. Where money and gap are put right, only what was done can be found. */
  const every = (
    kind: keyof typeof KINDS,
    tampered: (problem: ProblemFile, answer: AnswerFile, die: number) => AnswerFile | undefined,
    claim: Claim,
  ): void => {
    let done = 0;
    answers(kind).forEach(({ problem, answer }, die) => {
      const changed = answer.status === 'placed' ? tampered(problem, answer, die) : undefined;
      if (!changed) return;
      done++;
      expect(failing(problem, changed)).toContain(claim);
    });
    expect(done).toBeGreaterThan(10);
  };

  it('by a node fewer lacks replicas', () => {
    every(
      'larger',
      (problem, answer, die) => {
        const at = die % answer.nodes.length;
        const { replicas: lost = {} } = answer.nodes[at] ?? {};
        const nodes = answer.nodes.map((n, i) => (i === at ? { ...n, count: n.count - 1 } : n));
        const short = problem.groups.some(
          ({ name, replicas }) => (lost[name] ?? 0) > 0 && placedOf(nodes, name) < replicas,
        );
        return short ? billed(problem, { ...answer, nodes }) : undefined;
      },
      'coverage',
    );
  });

  it('by a node fewer, and nothing else put right, does not cost what it says', () => {
    every(
      'larger',
      (_, answer, die) => {
        const at = die % answer.nodes.length;
        return { ...answer, nodes: answer.nodes.map((n, i) => (i === at ? { ...n, count: n.count - 1 } : n)) };
      },
      'cost',
    );
  });

  it('by one more replica than fits is overfilled', () => {
    every(
      'larger',
      (problem, answer, die) => {
        const node = answer.nodes[die % answer.nodes.length];
        const name = Object.keys(node?.replicas ?? {})[0];
        if (!node || name === undefined) return undefined;
        const cores = Number(problem.offerings.find((o) => o.id === node.offering)?.allocatable['cpu']);
        const each = Number(problem.groups.find((g) => g.name === name)?.requests['cpu']);
        const replicas = { ...node.replicas, [name]: Math.floor(cores / each) + 1 };
        return { ...answer, nodes: answer.nodes.map((n) => (n === node ? { ...n, replicas } : n)) };
      },
      'fillings',
    );
  });

  it('by a replica on an offering that its group may not use is out of place', () => {
    every(
      'elsewhere',
      (problem, answer, die) => {
        const moves = problem.groups.flatMap((group) =>
          problem.offerings.filter((o) => !mayUse(group, o)).map((o) => ({ group, o })),
        );
        const move = moves[die % Math.max(1, moves.length)];
        const from = answer.nodes.find((n) => move && (n.replicas[move.group.name] ?? 0) > 0);
        if (!move || !from) return undefined;
        const name = move.group.name;
        const nodes = [
          ...answer.nodes.flatMap((n) => (n === from ? [{ ...n, count: n.count - 1 }] : [n])),
          { ...from, count: 1, replicas: { ...from.replicas, [name]: (from.replicas[name] ?? 0) - 1 } },
          { offering: move.o.id, count: 1, replicas: { [name]: 1 } },
        ];
        return billed(problem, { ...answer, nodes });
      },
      'places',
    );
  });

  it('by a bound half a percent higher proves less than it says', () => {
    every(
      'larger',
      (_, answer) =>
        answer.lowerBoundUsdPerHour > 0
          ? withGap({ ...answer, lowerBoundUsdPerHour: answer.lowerBoundUsdPerHour * 1.005 })
          : undefined,
      'certificate',
    );
  });

  it('by one price 5% higher does not add up to its bound', () => {
    every(
      'larger',
      (_, answer, die) => {
        const priced = Object.entries(answer.certificate.groupPrices).filter(([, usd]) => usd > 0);
        const one = priced[die % Math.max(1, priced.length)];
        return one && { ...answer, certificate: raised(answer, one[0], 1.05) };
      },
      'certificate',
    );
  });

  it('by a cost a hundredth of a percent lower does not cost what it says', () => {
    every('larger', (_, answer) => withGap({ ...answer, usdPerHour: answer.usdPerHour * 0.9999 }), 'cost');
  });
});

describe('a certificate that holds', () => {
  /**
   * The prices are turned up and down, and the bound with them so that the sums fit: what the verification then still
   * accepts must be a bound, as every placement that there is shows.
   */
  it('is true whoever wrote it: prices changed at will are refused, or the bound is below the least cost', () => {
    let [accepted, refused] = [0, 0];
    for (const { problem, answer } of answers('small')) {
      if (answer.status !== 'placed') continue;
      const { anyhow = Infinity } = leastCents(problem);
      for (const turns of fc.sample(fc.array(fc.integer({ min: -30, max: 20 }), TURNS), { numRuns: 8, seed: SEED })) {
        const certificate = turned(answer.certificate, turns);
        const bound = Math.max(0, addedUp(problem, certificate));
        const claimed = withGap({ ...answer, certificate, lowerBoundUsdPerHour: bound });
        if (failing(problem, claimed).includes('certificate')) refused++;
        else {
          accepted++;
          expect(bound).toBeLessThanOrEqual((anyhow / 100) * (1 + 1e-6));
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('two readings of the rules that share no code', () => {
  it('agree on nodes that keep them and on nodes that do not', () => {
    let [kept, broken] = [0, 0];
    answers('small').forEach(({ problem, answer }, die) => {
      if (answer.status !== 'placed') return;
      // as placed, and with each row of nodes put elsewhere in turn
      const other = problem.offerings[die % problem.offerings.length]?.id ?? '';
      const moved = answer.nodes.map((_, at) => answer.nodes.map((n, i) => (i === at ? { ...n, offering: other } : n)));
      for (const nodes of [answer.nodes, ...moved]) {
        const { unplaced } = answer;
        const one = violations(problemOf(problem), nodes, unplaced);
        const two = failing(problem, billed(problem, { ...answer, nodes })).filter((claim) => RULED.has(claim));
        if (one.length === 0) kept++;
        else broken++;
        expect(two.length === 0, `${one.join('; ')} | ${two.join()}`).toBe(one.length === 0);
      }
    });
    expect(kept).toBeGreaterThan(60);
    expect(broken).toBeGreaterThan(60);
  });
});

const TURNS = { minLength: 12, maxLength: 12 };
const RULED = new Set<Claim>([
  'nodes',
  'fillings',
  'places',
  'availability',
  'coverage',
  'spot',
  'zones',
  'survival',
  'vendors',
]);

/** Each price by so many percent up or down. */
function turned(certificate: AnswerFile['certificate'], turns: readonly number[]): AnswerFile['certificate'] {
  const by = (prices: Readonly<Record<string, number>>, from: number): Record<string, number> =>
    Object.fromEntries(
      Object.entries(prices).map(([name, usd], i) => [name, usd * (1 + (turns[(from + i) % turns.length] ?? 0) / 100)]),
    );
  return {
    groupPrices: by(certificate.groupPrices, 0),
    availabilityPrices: by(certificate.availabilityPrices, 4),
    rulePrices: by(certificate.rulePrices, 7),
  };
}

const placedOf = (nodes: AnswerFile['nodes'], name: string): number =>
  nodes.reduce((sum, n) => sum + n.count * (n.replicas[name] ?? 0), 0);

/** The cost and the gap put right for other nodes. */
function billed({ offerings }: ProblemFile, answer: AnswerFile): AnswerFile {
  const price = new Map(offerings.map((o) => [o.id, o.usdPerHour]));
  const usdPerHour = answer.nodes.reduce((sum, n) => sum + n.count * (price.get(n.offering) ?? 0), 0);
  return withGap({ ...answer, usdPerHour });
}

function withGap(answer: AnswerFile): AnswerFile {
  const { usdPerHour: cost, lowerBoundUsdPerHour: bound } = answer;
  return { ...answer, gap: bound > 0 ? cost / bound - 1 : cost > 0 ? null : 0 };
}

function raised({ certificate }: AnswerFile, group: string, by: number): AnswerFile['certificate'] {
  const usd = certificate.groupPrices[group] ?? 0;
  return { ...certificate, groupPrices: { ...certificate.groupPrices, [group]: usd * by } };
}

function mayUse(
  { allow = {}, spotAtMost }: ProblemFile['groups'][number],
  o: ProblemFile['offerings'][number],
): boolean {
  const allowed = (['provider', 'region', 'purchase'] as const).every((field) => {
    const names: readonly string[] | undefined = allow[field];
    return names === undefined || names.includes(o[field]);
  });
  return allowed && !(o.purchase === 'spot' && spotAtMost === 0);
}

/** The bound that prices add up to, by the words of the format. */
function addedUp({ groups, offerings }: ProblemFile, certificate: AnswerFile['certificate']): number {
  const { groupPrices, availabilityPrices, rulePrices } = certificate;
  let usd = 0;
  for (const g of groups) {
    usd += g.replicas * (groupPrices[g.name] ?? 0);
    usd -= Math.floor((g.spotAtMost ?? 1) * g.replicas) * (rulePrices[`spotAtMost/${g.name}`] ?? 0);
    for (const [name, price] of Object.entries(rulePrices)) {
      if (name.startsWith(`survive/${g.name}/`)) usd += Math.ceil((g.survive?.share ?? 0) * g.replicas) * price;
      if (name.startsWith(`zoneSkew/${g.name}/`) && !name.endsWith('/least')) usd -= (g.zoneSkew ?? 0) * price;
    }
  }
  for (const o of offerings) usd -= (o.atMost ?? 0) * (availabilityPrices[o.id] ?? 0);
  return usd;
}
