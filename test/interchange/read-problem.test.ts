import { describe, expect, it } from 'vitest';
import { readProblem } from '../../src/interchange/read-problem.ts';
import { lineOf } from '../../src/trouble.ts';
import { SMALL, textOf } from './small.ts';

const linesOf = (text: string): readonly string[] => {
  const read = readProblem('p.json', text);
  return read.ok ? [] : read.troubles.map(lineOf);
};

/** The small problem with one text of it replaced, which must be there. */
function altered(from: string | RegExp, to: string): string {
  const text = textOf(SMALL);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} is not in the small problem`);
  return changed;
}

const withoutPlace = (line: string): string => line.replace(/^p\.json:\d+:\d+: /, '');

describe('a problem file', () => {
  it('is read into the terms of the placement stage', () => {
    const read = readProblem('p.json', textOf(SMALL));
    expect(read.ok && read.value).toEqual({
      groups: [
        {
          name: 'gateway/sea',
          replicas: 12,
          requests: { cpu: 500, memory: 1024, storage: 2048 },
          allow: { provider: ['aws', 'gcp'], purchase: ['on-demand', 'spot'], type: ['m7i.*', 'n2-*'] },
          perNodeAtMost: 4,
          spotAtMost: 0.4,
          zoneSkew: { most: 3, within: 'all' },
          survive: { loss: 'provider', share: 0.5 },
        },
        {
          name: 'inference',
          replicas: 2,
          // 0.57 × 1000 is 569.9999999999999 in binary
          requests: { cpu: 570, memory: 1024, devices: { 'nvidia.com/gpu': 0.5 } },
          allow: {},
        },
      ],
      offerings: [
        {
          id: 'aws/us-east-1/us-east-1a/m7i.large/on-demand',
          provider: 'aws',
          region: 'us-east-1',
          zone: 'us-east-1a',
          type: 'm7i.large',
          family: 'm7i',
          arch: 'amd64',
          purchase: 'on-demand',
          vcpu: 2,
          memory: 7253,
          usdPerHour: 0.1008,
          allocatable: { cpu: 1930, memory: 7253, storage: 20480, pods: 29 },
          atMost: 500,
        },
        {
          id: 'gcp/us-east4/us-east4-a/n2-standard-2/spot',
          provider: 'gcp',
          region: 'us-east4',
          zone: 'us-east4-a',
          type: 'n2-standard-2',
          family: 'n2',
          arch: 'amd64',
          purchase: 'spot',
          vcpu: 2,
          memory: 7253,
          usdPerHour: 0.04,
          // a group asks for local disk, so an offering that states none has none
          allocatable: { cpu: 1930, memory: 7253, storage: 0, devices: { 'nvidia.com/gpu': 1 } },
        },
      ],
      rules: {
        vendorShareAtMost: new Map([['aws', 0.6]]),
        commitments: [],
        discounts: [],
        flows: [],
        resourceRates: new Map(),
      },
      running: SMALL.running,
      change: { launchUsd: 0.01, moveUsdPerReplica: 0.0005, horizonHours: 1 },
    });
  });

  it('may say the least', () => {
    const read = readProblem('p.json', '{"schemaVersion": 1, "groups": [], "offerings": []}');
    expect(read.ok && read.value).toMatchObject({ groups: [], offerings: [], running: [] });
  });

  it('leaves local disk without a limit where no group asks for it', () => {
    const [, inference] = SMALL.groups;
    const read = readProblem('p.json', textOf({ ...SMALL, groups: [inference], running: [] }));
    expect(read.ok && read.value.offerings.map((o) => o.allocatable.storage)).toEqual([20480, undefined]);
  });

  it('keeps fractions of a millicore, which rounding would turn into room that is not there', () => {
    const read = readProblem('p.json', altered('"cpu": "1930m"', '"cpu": "1930500u"'));
    expect(read.ok && read.value.offerings[0]?.allocatable.cpu).toBe(1930.5);
  });

  it('has a mark of byte order taken off', () => {
    expect(linesOf(`\uFEFF${textOf(SMALL)}`)).toEqual([]);
  });
});

describe('what is wrong is told', () => {
  it.each([
    ['a misspelt field', '"replicas": 12', '"replica": 12', 'groups[0].replica: no such field; did you mean replicas?'],
    ['a field of another place', '"rules"', '"rule"', 'rule: no such field; did you mean rules?'],
    [
      'a missing field',
      /\s*"usdPerHour": 0.04,/,
      '',
      'offerings[1].usdPerHour: missing; write a number of USD an hour from 0 to 10000000, without quotes, like 0.1008',
    ],
    [
      'a negative price',
      '0.1008',
      '-1',
      'offerings[0].usdPerHour is -1: it is less than 0; write a number of USD an hour from 0 to 10000000, without quotes, like 0.1008',
    ],
    [
      'a price without end',
      '0.1008',
      '1e999',
      'offerings[0].usdPerHour is 1e999: it is no number; write a number of USD an hour from 0 to 10000000, without quotes, like 0.1008',
    ],
    [
      'half a replica',
      '"replicas": 12',
      '"replicas": 1.5',
      'groups[0].replicas is 1.5: it is not a whole number; write a whole number of replicas from 0 to 1000000000, without quotes, like 1200',
    ],
    [
      'a count in quotes',
      '"replicas": 12',
      '"replicas": "12"',
      'groups[0].replicas is "12": it is a text, not a number; write a whole number of replicas from 0 to 1000000000, without quotes, like 1200',
    ],
    [
      'no replica on a node',
      '"perNodeAtMost": 4',
      '"perNodeAtMost": 0',
      'groups[0].perNodeAtMost is 0: it is less than 1; write a whole number of replicas from 1 to 1000000000, without quotes, like 2',
    ],
    [
      'a percentage',
      '"spotAtMost": 0.4',
      '"spotAtMost": 40',
      'groups[0].spotAtMost is 40: it is more than 1; write 0.4 for 40%',
    ],
    [
      'a percentage in quotes',
      '"spotAtMost": 0.4',
      '"spotAtMost": "40%"',
      'groups[0].spotAtMost is "40%": it is a text, not a number; write a share from 0 to 1, without quotes, like 0.4',
    ],
    [
      'a share below none',
      '"share": 0.5',
      '"share": -0.5',
      'groups[0].survive.share is -0.5: it is less than 0; write a share from 0 to 1, without quotes, like 0.7',
    ],
    [
      'a fraction of a replica of skew',
      '"zoneSkew": 3',
      '"zoneSkew": 0.5',
      'groups[0].zoneSkew is 0.5: it is not a whole number; write a whole number of replicas from 0 to 1000000000, without quotes, like 1',
    ],
    [
      'an unknown loss',
      '"loss": "provider"',
      '"loss": "vendor"',
      'groups[0].survive.loss is "vendor": it is none of those known; write one of provider, region, zone',
    ],
    [
      'a purchase with a slip',
      '"purchase": "spot"',
      '"purchase": "sopt"',
      'offerings[1].purchase is "sopt": it is none of those known; did you mean spot?',
    ],
    [
      'a quantity with a slip',
      '"1Gi"',
      '"1gi"',
      'groups[0].requests.memory is "1gi": it is no quantity; write a Kubernetes quantity such as "500m" or "2Gi", or a plain number from 0 on',
    ],
    [
      'a negative quantity',
      '"cpu": 0.57',
      '"cpu": -1',
      'groups[1].requests.cpu is -1: it is less than 0; write a Kubernetes quantity such as "500m" or "2Gi", or a plain number from 0 on',
    ],
    [
      'a resource with a slip',
      '"memory": "1Gi"',
      '"memroy": "1Gi"',
      'groups[0].requests.memroy: no such resource; did you mean memory?',
    ],
    [
      'a device without its maker',
      '"nvidia.com/gpu": 0.5',
      '"gpu": 1',
      'groups[1].requests.gpu: no such resource; did you mean nvidia.com/gpu?',
    ],
    ['pods asked for', '"cpu": 0.57', '"pods": 1', 'groups[1].requests.pods: a replica is one pod; leave it out'],
    [
      'a list that allows nothing',
      /"provider": \[[^\]]*\]/,
      '"provider": []',
      'groups[0].allow.provider: it is empty; name a provider',
    ],
    [
      'null for absent',
      '"atMost": 500',
      '"atMost": null',
      'offerings[0].atMost is null: nothing stands there; write a whole number of nodes from 0 to 1000000000, without quotes, like 500',
    ],
    [
      'a slash in a region',
      '"region": "us-east4"',
      '"region": "us/east4"',
      'offerings[1].region is "us/east4": it holds a slash; slashes part provider, region and zone',
    ],
    [
      'a name of JavaScript',
      '"name": "inference"',
      '"name": "constructor"',
      'groups[1].name is "constructor": JavaScript keeps this name for itself; choose another',
    ],
    [
      'an empty name',
      '"name": "inference"',
      '"name": ""',
      'groups[1].name is "": it is empty; write a text in double quotes, like "gateway/sea"',
    ],
    [
      'a group twice',
      '"name": "inference"',
      '"name": "gateway/sea"',
      'groups[1].name is "gateway/sea": groups[0] has the same name; keep one of them',
    ],
    [
      'running nodes of nothing',
      /"offering": "aws[^"]*"/,
      '"offering": "aws/us-east-1/us-east-1a/m7.large/on-demand"',
      'running[0].offering is "aws/us-east-1/us-east-1a/m7.large/on-demand": there is no such offering; did you mean aws/us-east-1/us-east-1a/m7i.large/on-demand?',
    ],
    [
      'running replicas of nothing',
      '"gateway/sea": 3',
      '"gateway/see": 3',
      'running[0].replicas.gateway/see: there is no such group; did you mean gateway/sea?',
    ],
    [
      'a horizon of nothing',
      '"horizonHours": 1',
      '"horizonHours": 0',
      'change.horizonHours is 0: it is not above 0; write a number of hours above 0 to 1000000, without quotes, like 1',
    ],
    [
      'a share that is a text',
      '"aws": 0.6',
      '"aws": "0.6"',
      'rules.vendorShareAtMost.aws is "0.6": it is a text, not a number; write a share from 0 to 1, without quotes, like 0.6',
    ],
    ['another version', '"schemaVersion": 1', '"schemaVersion": 2', 'schemaVersion is 2: no such version; write 1'],
  ])('%s', (_, from, to, line) => {
    expect(linesOf(altered(from, to)).map(withoutPlace)).toEqual([line]);
  });

  it.each([
    ['at a value', '"spotAtMost": 0.4', '"spotAtMost": 40', '40,'],
    ['at the name of an unknown field', '"rules"', '"rule"', '"rule"'],
    ['at what should hold a missing field', /\s*"usdPerHour": 0.04,/, '', '{\n      "id": "gcp'],
    [
      'at the second of two names',
      '"name": "inference"',
      '"name": "gateway/sea"',
      '"gateway/sea",\n      "replicas": 2',
    ],
    ['at the name of an unknown group', '"gateway/sea": 3', '"gateway/see": 3', '"gateway/see"'],
  ])('%s', (_, from, to, shown) => {
    const text = altered(from, to);
    const [, line = '', column = ''] = /^p\.json:(\d+):(\d+): /.exec(linesOf(text)[0] ?? '') ?? [];
    const rest = text
      .split('\n')
      .slice(Number(line) - 1)
      .join('\n')
      .slice(Number(column) - 1);
    expect(rest.slice(0, shown.length)).toBe(shown);
  });

  it('the same offering twice', () => {
    const [first] = SMALL.offerings;
    expect(linesOf(JSON.stringify({ ...SMALL, offerings: [...SMALL.offerings, first] }))).toEqual([
      expect.stringMatching(/: offerings\[2\]\.id is "aws.*": offerings\[0\] has the same name; keep one of them$/),
    ]);
  });

  it('all of it at once, in the order of the file', () => {
    const broken = { ...SMALL, groups: [{ name: 'a', replicas: -1, requests: [] }], offerings: 'none' };
    expect(linesOf(textOf(broken)).map((line) => line.split(';')[0])).toEqual([
      'p.json:6:19: groups[0].replicas is -1: it is less than 0',
      'p.json:7:19: groups[0].requests: it is a list, not an object',
      'p.json:10:16: offerings is "none": it is a text, not a list',
    ]);
  });

  it('fifty of it and how many more', () => {
    const groups = Array.from({ length: 70 }, (_, i) => ({ name: `g${i}`, replicas: -1, requests: {} }));
    const lines = linesOf(textOf({ ...SMALL, groups, running: [] }));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('p.json: and 20 more; mend those above first');
  });

  it.each([
    ['nothing at all', '', 'p.json:1:1: the file is empty; write a JSON object'],
    [
      'no object',
      '[]',
      'p.json:1:1: it is a list, not an object; write an object with the fields schemaVersion, groups, offerings, rules, running, change',
    ],
    [
      'nothing but null',
      'null',
      'p.json:1:1: is null: nothing stands there; write an object with the fields schemaVersion, groups, offerings, rules, running, change',
    ],
  ])('%s', (_, text, line) => expect(linesOf(text)).toEqual([line]));
});

describe('text that is no JSON is told with line and column', () => {
  it.each([
    ['a comma too many', '{\n  "groups": [1, 2,]\n}', '2:18: a comma stands before ]; take the comma out'],
    [
      'a comma too few',
      '{\n  "a": 1\n  "b": 2\n}',
      '3:3: expected a comma or }, found "; look at what stands before it',
    ],
    ['single quotes', "{'a': 1}", "1:2: expected a field’s name, found '; write it in double quotes"],
    ['a bare name', '{a: 1}', '1:2: expected a field’s name, found a; write it in double quotes'],
    ['a comment', '{\n  // groups\n}', '2:3: expected a field’s name, found /; write it in double quotes'],
    ['a comment for a value', '{"a": /* one */ 1}', '1:7: JSON has no comments; take it out'],
    ['a text that does not end', '{"a": "b\n}', '1:7: a text does not end; close it with a double quote'],
    ['a tab in a text', '{"a": "b\tc"}', '1:9: a control character stands in a text; write it as an escape: \\t'],
    [
      'a path of Windows',
      '{"a": "C:\\x"}',
      '1:10: a text holds an escape that JSON does not know; write \\\\ for a backslash',
    ],
    [
      'Python’s words',
      '{"a": None}',
      '1:7: expected a value, found None; write a number, a text in double quotes, a list or an object',
    ],
    [
      'no number',
      '{"a": NaN}',
      '1:7: expected a value, found NaN; write a number, a text in double quotes, a list or an object',
    ],
    [
      'a leading zero',
      '{"a": 01}',
      '1:7: expected a value, found 01; write a number, a text in double quotes, a list or an object',
    ],
    [
      'half a file',
      '{"a": [1,\n',
      '2:1: expected a value, found the end of the file; write a number, a text in double quotes, a list or an object',
    ],
    ['a second document', '{}\n{}', '2:1: something stands after the end of the JSON; keep one document a file'],
    ['a fault that lies deep', '['.repeat(100_000), '1:202: it is nested more than 200 deep; no file of this kind is'],
  ])('%s', (_, text, line) => expect(linesOf(text)).toEqual([`p.json:${line}`]));
});
