import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/plan/render/html.ts';
import { hanging, sizeOf, wrapped } from '../../src/plan/render/lines.ts';
import { renderMarkdown } from '../../src/plan/render/markdown.ts';
import { STYLE, STYLE_HASH } from '../../src/plan/render/style.ts';
import { renderTable, type Paint } from '../../src/plan/render/table.ts';
import { noGoalText } from '../../src/plan/unknown-load.ts';
import { viewOf } from '../../src/plan/render/view-of.ts';
import { decidedFrom, messenger } from './decided.ts';
import { demandOf, nodesOf, offeringOf, poolOf, serviceOf } from './world.ts';

const usual = decidedFrom(messenger());

it('does not call pools well sized when no placement was found', () => {
  const none = decidedFrom({ ...messenger(), nodes: [], placement: { status: 'infeasible' } });
  const text = renderTable(viewOf(none), 200);
  expect(text).toContain('none: no placement was found');
  expect(text).not.toMatch(/the size it should have|in the end|NaN/);
});

describe('while the load of a group is not known', () => {
  const world = messenger();
  const held = decidedFrom({ ...world, demand: world.demand.map((d, i) => (i === 0 ? { ...d, setBy: 'hold' } : d)) });
  it('does not say that nothing shrinks where other nodes do', () => {
    expect(noGoalText(['gateway/eu'], 0)).toContain(': nothing shrinks, no goal');
    expect(noGoalText(['gateway/eu', 'push/eu'], 3)).toContain(': nothing they may run on shrinks, no goal');
  });

  it.each([
    ['table', renderTable(viewOf(held), 200)],
    ['markdown', renderMarkdown(viewOf(held))],
    ['page', renderHtml(held)],
  ])('no goal, no saving in the end and no bound: %s', (_, text) => {
    expect(text).toMatch(/load of 1 group is not known: nothing (it may run on )?shrinks, no goal is given/);
    expect(text).not.toMatch(/in the end|lower bound|NaN/);
  });
});

/** Sixty pools in three regions, each one node too large. */
function large() {
  const gateway = serviceOf('gateway');
  const offerings = Array.from({ length: 60 }, (_, i) =>
    offeringOf({ type: `m${i}.xlarge`, usd: 0.2 + i / 100, place: `aws/us-east-${(i % 3) + 1}` }),
  );
  return decidedFrom({
    offerings,
    pools: offerings.map((o, i) => poolOf(`pool-${i}`, o, 3)),
    services: [gateway],
    demand: [demandOf(gateway, 480)],
    nodes: offerings.map((o) => nodesOf(o, 2, { 'gateway/eu': 4 })),
  });
}

const hostile = ['<script>alert(1)</script>', '=cmd()|"x"', 'a\u001b[31mred\u202egnp', '`*_[x](http://evil)@all'];

/** Every label that a fleet, a cloud or a price list can put into a plan. */
function labelled() {
  const [one = '', two = '', three = '', four = ''] = hostile;
  const offering = offeringOf({ type: one, usd: 0.5 });
  const service = serviceOf(two, { markets: [three] });
  const priced = { ...offering, price: { ...offering.price, source: one } };
  const decided = decidedFrom({
    offerings: [priced],
    pools: [poolOf(four, priced, 9)],
    services: [service],
    demand: [demandOf(service, 8, { reason: one, unit: three })],
    nodes: [nodesOf(priced, 2, { [`${two}/${three}`]: 4 })],
    fleet: { name: one, file: `${three}.yaml` },
  });
  const observation = {
    ...decided.observation,
    prices: decided.observation.prices.map((p) => ({ ...p, source: four })),
  };
  return { ...decided, observation, plan: { ...decided.plan, warnings: [one, two, three, four] } };
}

describe('the table', () => {
  it.each([100, 80])('reads well at %i columns', async (width) => {
    await expect(renderTable(viewOf(usual), width)).toMatchFileSnapshot(`golden/table-${width}.txt`);
  });

  it('never grows wider than the terminal', () => {
    const views = [viewOf(usual), viewOf(large(), true), viewOf(labelled())];
    fc.assert(
      fc.property(fc.constantFrom(...views), fc.integer({ min: 66, max: 160 }), (view, width) => {
        for (const line of renderTable(view, width).split('\n')) expect(sizeOf(line), line).toBeLessThanOrEqual(width);
      }),
      { numRuns: 60 },
    );
  });

  it('sums a large fleet up by place and names the way to all of it', async () => {
    const text = renderTable(viewOf(large()), 100);
    await expect(text).toMatchFileSnapshot('golden/table-large.txt');
    const full = renderTable(viewOf(large(), true), 100);
    expect(text).not.toContain('pool-31');
    expect(full.match(/pool-\d+ /g)?.length).toBeGreaterThanOrEqual(120);
  });

  it('is coloured only by the paint it is given', () => {
    const codes: Paint = Object.fromEntries(
      (['title', 'up', 'down', 'warn', 'bad', 'strong', 'dim'] as const).map((tone) => [
        tone,
        (t: string) => `\u001b[1m${t}\u001b[0m`,
      ]),
    ) as Record<keyof Paint, (t: string) => string>;
    expect(renderTable(viewOf(usual), 100)).not.toContain('\u001b');
    const painted = renderTable(viewOf(usual), 100, codes);
    expect(painted).toContain('\u001b[1mPlan for im-fleet\u001b[0m');
    // eslint-disable-next-line no-control-regex -- the colours are what is taken off
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderTable(viewOf(usual), 100));
  });

  it('lets no label move the cursor, change the colour or turn the reading direction', () => {
    const codes = Array.from(renderTable(viewOf(labelled()), 100), (letter) => letter.codePointAt(0) ?? 0);
    const harmful = codes.filter(
      (c) => (c < 32 && c !== 10) || c === 127 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069),
    );
    expect(harmful).toEqual([]);
  });
});

describe('Markdown', () => {
  it('reads well in a review', async () => {
    await expect(renderMarkdown(viewOf(usual))).toMatchFileSnapshot('golden/plan.md.txt');
  });

  it('takes every label at its word', () => {
    const text = renderMarkdown(viewOf(labelled()));
    expect(text).not.toMatch(/<(?!\/?(?:details|summary)>)/);
    expect(text).not.toContain('http://');
    expect(text).not.toContain('@all');
    expect(text).not.toMatch(/(?<!\\)`/);
    for (const row of text.split('\n').filter((line) => line.startsWith('| '))) {
      const bars = row.match(/(?<!\\)\|/g)?.length;
      expect([10, 7, 8, 4, 6, 3].map((n) => n + 1).concat(9)).toContain(bars);
    }
  });
});

describe('the page', () => {
  it('reads well', async () => {
    await expect(renderHtml(usual)).toMatchFileSnapshot('golden/plan.html.txt');
  });

  it('runs and loads nothing', () => {
    const page = renderHtml(labelled());
    expect(page).toContain(`default-src 'none'; style-src 'sha256-${STYLE_HASH}'`);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|javascript:|\son\w+=|\sstyle=|url\(/i);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('allows its own style sheet by the right hash', () => {
    expect(STYLE_HASH).toBe(createHash('sha256').update(STYLE).digest('base64'));
    expect(renderHtml(usual)).toContain(`<style>${STYLE}</style>`);
  });

  it('closes every tag that it opens', () => {
    const open: string[] = [];
    for (const [, slash, name = '', rest = ''] of renderHtml(large(), true).matchAll(
      /<(\/?)([a-z][a-z0-9]*)([^>]*)>/g,
    )) {
      if (['meta', 'polygon', 'polyline', 'line'].includes(name) || rest.endsWith('/')) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});

describe('lines', () => {
  it('are never longer than asked, and lose no letter but the spaces they break at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 })),
        fc.integer({ min: 5, max: 40 }),
        (words, width) => {
          const text = words.join(' ').trim();
          const lines = wrapped(text, width);
          for (const line of lines) expect(sizeOf(line)).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });

  it('hang under their first word', () => {
    expect(hanging('  one two three', 9)).toEqual(['  one two', '    three']);
    expect(hanging('  one', 9)).toEqual(['  one']);
  });
});
