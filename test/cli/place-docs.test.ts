import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { AnswerFile } from '../../src/interchange/answer-file.ts';
import { problemJsonSchema } from '../../src/interchange/json-schema.ts';
import { readProblemFile } from '../../src/interchange/read-problem.ts';
import { verify } from '../../src/proof/verify.ts';
import { EXIT } from '../../src/trouble.ts';

const DOCS = readFileSync('docs/place.md', 'utf8');
const [problemText = '', answerText = ''] = [...DOCS.matchAll(/```json\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');
const shown = JSON.parse(answerText) as Omit<AnswerFile, 'schemaVersion' | 'status' | 'gap'>;

const folder = mkdtempSync(join(tmpdir(), 'godwit-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the solver proves less than it could. */
const HAIR = 0.002;

describe('docs/place.md', () => {
  it('shows the answer that its problem has', async () => {
    const file = join(folder, 'problem.json');
    writeFileSync(file, problemText);
    let out = '';
    await run(['place', file, '-o', 'json'], {
      out: (t) => void (out += t),
      err: (t) => expect.fail(t),
      colour: false,
      width: 100,
    });
    const answer = JSON.parse(out) as AnswerFile;
    expect(answer.nodes).toEqual(shown.nodes);
    expect(answer.usdPerHour).toBeCloseTo(shown.usdPerHour, 9);
    expect(answer.lowerBoundUsdPerHour / shown.lowerBoundUsdPerHour).toBeCloseTo(1, 2);
    for (const part of ['groupPrices', 'rulePrices', 'availabilityPrices'] as const) {
      expect(Object.keys(answer.certificate[part])).toEqual(Object.keys(shown.certificate[part]));
      for (const [name, price] of Object.entries(shown.certificate[part])) {
        expect(Math.abs((answer.certificate[part][name] ?? 0) / price - 1)).toBeLessThan(HAIR);
      }
    }
  });

  it('reckons by hand what the verification finds: the rounded prices prove the bound exactly', () => {
    const read = readProblemFile('docs/place.md', problemText);
    if (!read.ok) throw new Error('the problem in docs/place.md is no problem file');
    const answer = {
      schemaVersion: 1,
      status: 'placed',
      gap: 0,
      method: 'by hand',
      unplaced: {},
      conflict: [],
      seconds: 0,
    };
    const { holds, findings } = verify(read.value, { ...answer, ...shown } as AnswerFile);
    expect(findings.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
    expect(holds).toBe(true);
  });

  it('tells of every field that a problem may have', () => {
    const { properties = {} } = problemJsonSchema() as {
      properties?: Record<string, { items?: { properties?: object } }>;
    };
    const fieldsOf = (name: string): readonly string[] => Object.keys(properties[name]?.items?.properties ?? {});
    const missing = [
      ...Object.keys(properties),
      ...fieldsOf('groups'),
      ...fieldsOf('offerings'),
      ...fieldsOf('running'),
    ]
      .filter((name) => name !== 'schemaVersion')
      .filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(DOCS));
    expect(missing).toEqual([]);
  });

  it('tells the exit codes that there are', () => {
    const told = [...DOCS.matchAll(/^\| (\d+) \|/gm)].map((m) => Number(m[1]));
    const { ok, violation, error, usage, interrupted } = EXIT;
    expect(told).toEqual([ok, violation, error, usage, interrupted]);
  });
});
