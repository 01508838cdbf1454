/**
 * Google's filter expressions as AIP-160 has them, as far as lists of Compute take them: `=`, `!=`, `<`, `>`, with AND,
 * OR and brackets; what stands side by side is joined by AND. Whatever else is a mistake of the caller's.
 *
 * @throws SyntaxError with what Google would refuse
 */
export function filterOf(text: string): (item: unknown) => boolean {
  const words = [...text.matchAll(/\s*(\(|\)|!=|>=|<=|=|>|<|:|"(?:[^"\\]|\\.)*"|[^\s()=<>!:"]+)/g)].map(
    (m) => m[1] ?? '',
  );
  if (words.join('').length !== text.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').length) {
    throw new SyntaxError(`Invalid value for field 'filter': '${text}'`);
  }
  let at = 0;
  const all = (): Test => {
    const tests = [any()];
    while (at < words.length && words[at] !== ')') {
      if (words[at] === 'AND') at += 1;
      tests.push(any());
    }
    return (item) => tests.every((test) => test(item));
  };
  // OR binds closer than AND there
  const any = (): Test => {
    const tests = [one()];
    while (words[at] === 'OR') {
      at += 1;
      tests.push(one());
    }
    return (item) => tests.some((test) => test(item));
  };
  const one = (): Test => {
    if (words[at] === '(') {
      at += 1;
      const inner = all();
      if (words[at] !== ')') throw new SyntaxError(`unbalanced brackets in '${text}'`);
      at += 1;
      return inner;
    }
    const [field = '', operator = '', value = ''] = words.slice(at, at + 3);
    at += 3;
    if (!/^[a-zA-Z][\w.-]*$/.test(field) || value === '')
      throw new SyntaxError(`Invalid value for field 'filter': '${text}'`);
    return compare(field, operator, value.replace(/^"(.*)"$/, '$1'));
  };
  const test = all();
  if (at !== words.length) throw new SyntaxError(`Invalid value for field 'filter': '${text}'`);
  return test;
}

type Test = (item: unknown) => boolean;

function compare(field: string, operator: string, wanted: string): Test {
  const of = (item: unknown): string => {
    // a label's name may hold dashes; nothing else does
    const value = field.split('.').reduce<unknown>((node, key) => (Object(node) as Record<string, unknown>)[key], item);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  };
  switch (operator) {
    case '=':
      return (item) => of(item) === wanted;
    case '!=':
      return (item) => of(item) !== wanted;
    case '>':
      return (item) => of(item) !== '' && orderOf(of(item)) > orderOf(wanted);
    case '<':
      return (item) => of(item) !== '' && orderOf(of(item)) < orderOf(wanted);
    default:
      throw new SyntaxError(`Invalid value for field 'filter': operator ${operator}`);
  }
}

const orderOf = (text: string): number => (Number.isNaN(Number(text)) ? Date.parse(text) : Number(text));
