import type { Row } from './row.ts';

/** Text that is not YAML as a fleet file may use it. */
export const YAML: readonly Row[] = [
  ['a key twice', 'name: small', 'name: small\nname: twice', ['3:1: name is stated twice; keep one of the two']],
  [
    'a key that would poison objects',
    'name: small',
    'name: small\n__proto__: { a: 1 }',
    ['3:1: no field can be called __proto__; give it another name'],
  ],
  [
    'a list as a key',
    'name: small',
    'name: small\n? [a]\n: b',
    ['3:3: this key is not a word; write a name before the colon'],
  ],
  [
    'nothing as a key',
    'name: small',
    'name: small\n: b',
    ['3:1: this key is not a word; write a name before the colon'],
  ],
  ['merge keys', 'name: small', 'name: small\n<<: 1', ['3:1: <<: YAML 1.2 has no merge keys; write the fields out']],
  [
    'an anchor never set',
    'name: small',
    'name: *nope',
    ['2:7: no anchor &nope stands before it; set the anchor before it is used'],
  ],
  [
    'an anchor set later',
    'name: small',
    'name: *later\nlater: &later x',
    ['2:7: no anchor &later stands before it; set the anchor before it is used'],
  ],
  ['a circle', 'name: small', 'name: &a [*a]', ['2:11: it stands inside &a itself; write the value out']],
  [
    'a tag',
    'name: small',
    'name: !!binary aGk=',
    ['2:7: not valid YAML: Unresolved tag: tag:yaml.org,2002:binary; take the tag away: fleet files use none'],
  ],
  [
    'a tab',
    'name: small',
    '\tname: small',
    ['2:1: not valid YAML: Tabs are not allowed as indentation; indent with spaces'],
  ],
  [
    'an open quote',
    'name: small',
    'name: "small',
    ['2:7: not valid YAML: this quote is never closed; add what is missing'],
  ],
  [
    'a second colon',
    'name: small',
    'name: a: b',
    [
      '2:7: not valid YAML: Nested mappings are not allowed in compact mappings; put the value in quotes, or start it on a line of its own',
    ],
  ],
  [
    'a second document',
    'name: small',
    '---\nname: small',
    ['2:1: a second document starts here; keep one fleet a file, without --- between'],
  ],
  [
    'an open brace',
    'name: small',
    'name: {',
    [
      '3:1: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }; indent it with spaces, in line with its neighbours',
    ],
  ],
  [
    'an at sign',
    'name: small',
    'name: @x',
    ['2:7: not valid YAML: Plain value cannot start with reserved character @; put the value in quotes'],
  ],
  [
    'a bracket too many',
    'name: small',
    'name: [a]]',
    [
      '2:10: not valid YAML: Unexpected flow-seq-end token in YAML stream: "]"; check brackets, quotes, colons and indentation near here',
    ],
  ],
  [
    'a bad escape',
    'name: small',
    'name: "\\q"',
    ['2:8: not valid YAML: Invalid escape sequence \\q; write the backslash twice, or use single quotes'],
  ],
  [
    'uneven indentation',
    '  gcp:\n    regions:',
    '   gcp:\n    regions:',
    [
      '10:1: not valid YAML: All mapping items must start at the same column; indent it with spaces, in line with its neighbours',
    ],
  ],
];
