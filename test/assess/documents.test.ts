import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentsOf } from '../../src/assess/documents.ts';
import { lineOf } from '../../src/trouble.ts';

const read = (text: string) => documentsOf({ file: 'stdin', text });

describe('documentsOf', () => {
  const good: readonly (readonly [why: string, text: string, documents: unknown[]])[] = [
    ['one object', '{"a":1}', [{ a: 1 }]],
    ['two kubectl calls into one pipe', '{"a":1}\n{"b":"}"}\n', [{ a: 1 }, { b: '}' }]],
    ['one object a line, as jq -c writes', '{"a":1}\n{"a":2}\n{"a":3}', [{ a: 1 }, { a: 2 }, { a: 3 }]],
    ['quotes and brackets inside text', '{"a":"\\"{["} {"b":"\\\\"}', [{ a: '"{[' }, { b: '\\' }]],
    ['a list on its own', '[1,2]', [[1, 2]]],
    ['objects with commas between', '{"a":1},\n{"b":2}', [{ a: 1 }, { b: 2 }]],
  ];
  it.each(good)('reads %s', (_why, text, documents) => {
    expect(read(text)).toEqual({ ok: true, value: documents });
  });

  const bad: readonly (readonly [why: string, text: string, says: RegExp])[] = [
    ['nothing: kubectl failed upstream', '', /^stdin: it is empty; see what kubectl said/],
    ['only blanks', ' \n\n ', /it is empty/],
    ['YAML', 'apiVersion: v1\nitems:\n- apiVersion: v1\n', /this is YAML; add -o json/],
    ['YAML of several documents', '---\nkind: Node\n', /this is YAML/],
    [
      'a table of nodes',
      'NAME     STATUS   ROLES\nnode-1   Ready    <none>\n',
      /the table kubectl prints.*add -o json/,
    ],
    ['a table of pods', 'NAMESPACE   NAME   READY\nkube-system   x   1/1\n', /the table kubectl prints/],
    ['an error that went into the pipe', 'Error from server (Forbidden): nodes is forbidden\n', /kubectl failed/],
    ['a cut file', '{"kind":"List","items":[{"kind":"Node"', /stdin:1:\d+: the JSON is cut off/],
    ['a cut second document', '{"a":1}\n{"b":', /stdin:2:\d+: the JSON is cut off/],
    ['a comma too many', '{"a":1,}', /stdin:1:\d+: this is not JSON/],
    ['an error on a later line', '{"a":1}\n\n{"b":\n  oops}', /stdin:[34]:\d+: this is not JSON/],
    ['another format', '<html></html>', /"?<html.*this is not JSON|is <html><\/html>: this is not JSON/],
    ['text after a document', '{"a":1} oops', /this is not JSON/],
  ];
  it.each(bad)('tells apart %s', (_why, text, says) => {
    const answer = read(text);
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    expect(answer.troubles).toHaveLength(1);
    expect(answer.troubles.map(lineOf).join('\n')).toMatch(says);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.json()).map((d) => d.join('\n')),
        ),
        (text) => {
          const answer = read(text);
          if (!answer.ok) expect(answer.troubles.map(lineOf).join('')).not.toContain('\n');
        },
      ),
    );
  });

  it('reads any documents written one after the other', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(object, { minLength: 1 }), fc.constantFrom('\n', ' ', ''), (objects, gap) => {
        const text = objects.map((o) => JSON.stringify(o)).join(gap);
        const answer = read(text);
        expect(answer.ok && JSON.stringify(answer.value)).toBe(JSON.stringify(objects));
      }),
    );
  });
});
