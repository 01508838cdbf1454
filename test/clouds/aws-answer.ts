import type { Shape } from './aws-shapes.ts';

/** Complains of all that an answer has and its description does not: a fake that makes up members proves nothing. */
export function checkAnswer(answer: unknown, shape: Shape, at: string, complain: (what: string) => void): void {
  if (answer === undefined) return;
  switch (shape.kind) {
    case 'structure': {
      if (typeof answer !== 'object' || answer === null) return complain(`${at} should be a structure`);
      for (const [key, value] of Object.entries(answer)) {
        const member = shape.members.get(key);
        if (!member) complain(`${at}.${key} is no member of ${shape.name}`);
        else checkAnswer(value, member.shape(), `${at}.${key}`, complain);
      }
      for (const name of shape.required)
        if ((answer as Record<string, unknown>)[name] === undefined) complain(`${at}.${name} is required`);
      return;
    }
    case 'list':
      if (!Array.isArray(answer)) return complain(`${at} should be a list`);
      answer.forEach((item, i) => checkAnswer(item, shape.of().shape(), `${at}[${i}]`, complain));
      return;
    case 'map':
      if (typeof answer !== 'object' || answer === null) return complain(`${at} should be a map`);
      return;
    case 'timestamp':
      if (!(answer instanceof Date)) complain(`${at} should be a time`);
      return;
    case 'anything':
      return;
    case 'string':
    case 'number':
    case 'boolean':
      if (typeof answer !== shape.kind) complain(`${at} should be a ${shape.kind}, not ${typeof answer}`);
      return;
    default:
      shape satisfies never;
  }
}

export function xmlOf(value: unknown, shape: Shape, listItem: string): string {
  switch (shape.kind) {
    case 'structure':
      return Object.entries(value as object)
        .map(([key, inner]) => {
          const member = shape.members.get(key);
          return member && inner !== undefined
            ? `<${member.answered}>${xmlOf(inner, member.shape(), listItem)}</${member.answered}>`
            : '';
        })
        .join('');
    case 'list': {
      const of = shape.of();
      const name = of.answered === '' ? listItem : of.answered;
      return (value as unknown[]).map((item) => `<${name}>${xmlOf(item, of.shape(), listItem)}</${name}>`).join('');
    }
    case 'timestamp':
      return (value as Date).toISOString();
    case 'map':
    case 'anything':
      throw new Error('no XML answer of these services has one');
    case 'string':
    case 'number':
    case 'boolean':
      return escaped(String(value));
    default:
      return shape satisfies never;
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** As JSON protocols write it: times are seconds unless the description says otherwise. */
export function jsonOf(value: unknown, shape: Shape): unknown {
  if (value === undefined) return undefined;
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(value as object).flatMap(([key, inner]) => {
          const member = shape.members.get(key);
          return member && inner !== undefined ? [[key, jsonOf(inner, member.shape())]] : [];
        }),
      );
    case 'list':
      return (value as unknown[]).map((item) => jsonOf(item, shape.of().shape()));
    case 'timestamp':
      return shape.format === 'iso' ? (value as Date).toISOString() : (value as Date).getTime() / 1000;
    case 'map':
    case 'anything':
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return shape satisfies never;
  }
}

/** A JSON body, held against its description. */
export function checkJson(value: unknown, shape: Shape, at: string, complain: (what: string) => void): void {
  switch (shape.kind) {
    case 'structure': {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return complain(`${at} should be ${shape.name}`);
      for (const [key, inner] of Object.entries(value)) {
        const member = shape.members.get(key);
        if (!member) complain(`${at}.${key} is no member of ${shape.name || 'the request'}`);
        else checkJson(inner, member.shape(), `${at}.${key}`, complain);
      }
      for (const name of shape.required)
        if ((value as Record<string, unknown>)[name] === undefined) complain(`${at}.${name} is required`);
      return;
    }
    case 'list':
      if (!Array.isArray(value)) return complain(`${at} should be a list`);
      value.forEach((item, i) => checkJson(item, shape.of().shape(), `${at}[${i}]`, complain));
      return;
    case 'map':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return complain(`${at} should be a map`);
      Object.entries(value).forEach(([key, item]) => checkJson(item, shape.of().shape(), `${at}.${key}`, complain));
      return;
    case 'timestamp':
      if (typeof value !== 'number' && typeof value !== 'string') complain(`${at} should be a time`);
      return;
    case 'anything':
      return;
    case 'string':
    case 'number':
    case 'boolean':
      if (typeof value !== shape.kind) complain(`${at} should be a ${shape.kind}, not ${typeof value}`);
      return;
    default:
      shape satisfies never;
  }
}
