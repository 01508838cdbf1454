import { describe, expect, it } from 'vitest';
import * as figures from '../../src/figures.ts';

type Row = readonly [why: string, text: string, expected: string];
const {
  aligned,
  amount,
  count,
  counted,
  duration,
  monthly,
  monthlyChange,
  named,
  percent,
  percentChange,
  rate,
  rateChange,
  short,
} = figures;

describe('figures as people read them', () => {
  const rows: readonly Row[] = [
    ['thousands are separated', count(1_204_567), '1,204,567'],
    ['no figure is n/a', count(Number.NaN), 'n/a'],
    ['one is one', counted(1, 'node'), '1 node'],
    ['none are many', counted(0, 'node'), '0 nodes'],
    ['an odd plural', counted(2, 'further match', 'further matches'), '2 further matches'],
    ['dollars have cents', amount(812.4), '$812.40'],
    ['node prices differ in the fourth digit', amount(0.0347), '$0.0347'],
    ['nothing is nothing', amount(0), '$0.00'],
    ['less than nothing', amount(-1203.1), '−$1,203.10'],
    ['a rate says for what time', rate(0.38), '$0.3800/h'],
    ['more', rateChange(3.1), '+$3.10/h'],
    ['less', rateChange(-12.4), '−$12.40/h'],
    ['no change has no direction', rateChange(1e-9), '±$0.00/h'],
    ['a rate that is none', rateChange(Number.NaN), 'n/a'],
    ['months have no cents', monthly(593_052.4), '$593,052/month'],
    ['a month less', monthlyChange(-17_047.3), '−$17,047/month'],
    ['under half a dollar a month is none', monthlyChange(0.3), '±$0/month'],
    ['a small share', percent(0.0031), '0.31%'],
    ['a large share', percent(0.1844), '18.4%'],
    ['all of it', percent(1), '100%'],
    ['a share that is none', percent(Number.NaN), 'n/a'],
    ['a fall', percentChange(-0.1842), '−18.4%'],
    ['thousands', short(812_345), '812k'],
    ['millions', short(24_134_000), '24.1M'],
    ['just under a million is one', short(999_900), '1M'],
    ['small', short(37.46), '37.5'],
    ['very small', short(0.0123), '0.012'],
    ['a load that is not known', short(Number.NaN), 'n/a'],
    ['seconds', duration(90), '1m30s'],
    ['hours', duration(5400), '1h30m'],
    ['a few days', duration(190_000), '2d4h'],
    ['many days', duration(400 * 86_400), '400d'],
    ['no time', duration(0), '0s'],
    ['one name', named(['a']), 'a'],
    ['three names', named(['a', 'b', 'c']), 'a, b and c'],
    ['more names', named(['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more'],
    ['no name', named([]), 'nothing'],
    ['a column of small amounts', aligned([0.5, 0.0347]).join(' '), '$0.5000 $0.0347'],
    ['one large amount sets the digits of all', aligned([0.5, 12.25]).join(' '), '$0.50 $12.25'],
    ['changes in a column', aligned([0.5, -12.25, 0, Number.NaN], true).join(' '), '+$0.50 −$12.25 ±$0.00 n/a'],
  ];
  it.each(rows)('%s', (_, text, expected) => {
    expect(text).toBe(expected);
  });
});
