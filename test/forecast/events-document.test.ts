import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/forecast/events/document.ts';
import { declaredWindows } from '../../src/forecast/events/declared.ts';
import { localTime } from '../../src/forecast/events/local-time.ts';
import { readFleet } from '../../src/fleet/read.ts';
import { lineOf } from '../../src/trouble.ts';
import { SMALL } from '../fleet/small.ts';

const GOOD = `timeZone: Asia/Shanghai
holidays: [CN, DE-BY]
events:
  - name: launch of stickers
    from: 2027-02-05
    to: 2027-02-07
    markets: [eu]
    times: 3
    between: [2, 5]
    ramp: 1h
  - name: a drill
    from: 2027-01-01T10:00+08:00
    outage: true
`;

const linesOf = (text: string): readonly string[] => {
  const read = readEvents(text, 'e.yaml');
  return read.ok ? [] : read.troubles.map(lineOf);
};

test('an events file is read, its defaults filled in', () => {
  expect(readEvents(GOOD, 'e.yaml')).toMatchObject({
    ok: true,
    value: {
      timeZone: 'Asia/Shanghai',
      midnight: true,
      holidays: ['CN', 'DE-BY'],
      events: [{ times: 3 }, { outage: true }],
    },
  });
  expect(readEvents('holidays: [CN]', 'e.yaml')).toMatchObject({
    ok: true,
    value: { timeZone: 'UTC', midnight: true, events: [] },
  });
});

test('an empty file is told what to write', () => {
  expect(linesOf('\n')).toEqual(['e.yaml: the file is empty; name holidays or events, like holidays: [CN]']);
});

describe('what is wrong is told where it stands', () => {
  test.each([
    [
      'a region in small letters',
      '[CN, DE-BY]',
      '[cn]',
      'e.yaml:2:12: holidays[0] is cn: no such country or region here; write CN',
    ],
    [
      'a time zone that is none',
      'Asia/Shanghai',
      'Beijing',
      'e.yaml:1:11: timeZone is Beijing: not a known time zone; write its IANA name, like Europe/Berlin',
    ],
    ['a day that is none', '2027-02-07', '2027-02-30', 'e.yaml:6:9: events[0].to is 2027-02-30: no such day; '],
    ['an end before the start', '2027-02-07', '2027-02-05', 'e.yaml:6:9: events[0].to is 2027-02-05: not after from; '],
    [
      'ends by different clocks',
      '2027-02-07',
      '2027-02-07T00:00Z',
      'e.yaml:6:9: events[0].to is 2027-02-07T00:00Z: one end is local and the other is not; ',
    ],
    ['bounds the wrong way round', '[2, 5]', '[5, 2]', 'e.yaml:9:14: events[0].between is [5, 2]: not in order; '],
    ['one bound', '[2, 5]', '[2]', 'e.yaml:9:14: events[0].between is [2]: not two numbers; '],
    ['bounds around something else', '[2, 5]', '[4, 5]', 'e.yaml:8:12: events[0].times is 3: not within between; '],
    [
      'like nothing',
      'times: 3\n    between: [2, 5]\n    ramp: 1h',
      'like: a dril',
      'e.yaml:8:11: events[0].like is a dril: no such other event in this list; ',
    ],
    [
      'an outage with an effect',
      'outage: true',
      'outage: true\n    times: 2',
      'e.yaml:14:12: events[1].times is 2: an outage has no effect to plan for; ',
    ],
    [
      'a ramp to nowhere',
      'times: 3\n    between: [2, 5]\n    ',
      '',
      'e.yaml:8:11: events[0].ramp is 1h: a ramp to an effect that is not stated; ',
    ],
    ['a field misspelt', 'times: 3', 'time: 3', 'e.yaml:8:5: events[0].time: no such field; did you mean times?'],
  ])('%s', (_why, from, to, line) => {
    expect(GOOD).toContain(from);
    expect(linesOf(GOOD.replace(from, to)).join('\n')).toContain(line);
  });
});

test('a fleet names its events and holidays, and is told of markets that are not there', () => {
  const withEvents = (market: string): string =>
    SMALL.replace(
      'markets:\n',
      `events: [{ name: launch, from: 2027-02-05, times: 2, markets: [${market}] }]\nmarkets:\n`,
    );
  const read = readFleet(withEvents('eu'), 'fleet.yaml');
  expect(read).toMatchObject({ ok: true, value: { events: [{ name: 'launch', times: 2, outage: false }] } });
  const wrong = readFleet(withEvents('ue'), 'fleet.yaml');
  expect(wrong.ok ? [] : wrong.troubles.map(lineOf)).toEqual([
    expect.stringContaining('events[0].markets[0] is ue: no such market; '),
  ]);
});

test('an event happens by the clocks of its market', () => {
  const read = readEvents(GOOD, 'e.yaml');
  if (!read.ok) throw new Error('GOOD is good');
  const [launch] = declaredWindows(read.value.events, localTime('America/New_York'), 'eu');
  expect(new Date(launch?.from ?? 0).toISOString()).toBe('2027-02-05T05:00:00.000Z');
  expect(declaredWindows(read.value.events, localTime('UTC'), 'na').map(({ name }) => name)).toEqual(['a drill']);
});
