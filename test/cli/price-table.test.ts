import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { columnsThatFit, plainTable, type Column } from '../../src/cli/price-table.ts';

const COLUMNS: readonly Column[] = [
  { name: 'type' },
  { name: 'age', right: true, spare: 1 },
  { name: 'GPU', spare: 2 },
  { name: 'USD/h', right: true },
];

describe('plainTable', () => {
  it('pads words on the right and figures on the left', () => {
    const rows = [
      ['m7i.large', '4d', '', '0.1008'],
      ['g6', '14d', '1 l4', '12.0000'],
    ];
    expect(plainTable(COLUMNS, rows, false)).toBe(
      ['type       age  GPU     USD/h', 'm7i.large   4d         0.1008', 'g6         14d  1 l4  12.0000', ''].join(
        '\n',
      ),
    );
  });

  it('prints more rows than a call takes arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [`t${i}`, '1d', '', '0.1']);
    const lines = plainTable(COLUMNS, rows, false).split('\n');
    expect(lines).toHaveLength(200_002);
    expect(lines.at(-2)).toMatch(/^t199999 /);
  });

  it('counts no colour as width', () => {
    const [head = ''] = plainTable(COLUMNS, [['a', 'b', 'c', 'd']], true).split('\n');
    expect(stripVTControlCharacters(head)).toBe('type  age  GPU  USD/h');
    expect(head).toContain('\u001b[1m');
  });
});

describe('columnsThatFit', () => {
  it.each<[string, number | undefined, readonly number[]]>([
    ['no terminal', undefined, [0, 1, 2, 3]],
    ['all fit exactly', 21, [0, 1, 2, 3]],
    ['one character short: the sparest goes', 20, [0, 2, 3]],
    ['two have to go', 15, [0, 3]],
    ['the others stay, wrapped or not', 3, [0, 3]],
  ])('%s', (_why, width, kept) => {
    expect(columnsThatFit(COLUMNS, [['a', 'b', 'c', 'd']], width)).toEqual(kept);
  });
});
