import { describe, expect, it } from 'vitest';
import { doctorJson, doctorPolicies, doctorText } from '../../src/cli/doctor-text.ts';
import type { Finding } from '../../src/ports.ts';
import type { Examined } from '../../src/wire/examine.ts';

const finding = (state: Finding['state'], what: string, more: Partial<Finding> = {}): Finding => ({
  about: 'permission',
  what,
  state,
  detail: 'allowed',
  ...more,
});
const aws = (...findings: readonly Finding[]): Examined => ({ provider: 'aws', asked: true, calls: 7, findings });

describe('what doctor prints', () => {
  it('tells the gravest first, with its remedy below it', () => {
    const lost = finding('missing', 'ec2:DescribeInstances in us-east-1', {
      detail: 'UnauthorizedOperation',
      remedy: 'allow ec2:DescribeInstances',
    });
    const lines = doctorText([aws(finding('ok', 'pricing:GetProducts'), lost)]).split('\n');
    expect(lines).toEqual([
      'aws, asked with 7 API calls',
      '  missing  permission   ec2:DescribeInstances in us-east-1',
      '                        UnauthorizedOperation',
      '                        → allow ec2:DescribeInstances',
      '  ok       permission   pricing:GetProducts',
      '                        allowed',
      '',
      '2 checks, 1 thing to set right',
      '',
    ]);
  });

  it('tells once what is the same in several regions, and apart what is not', () => {
    const text = doctorText([
      aws(
        finding('missing', 'x:Y in us-east-1', { detail: 'no' }),
        finding('missing', 'x:Y in eu-west-1', { detail: 'no' }),
        finding('missing', 'x:Y in eu-central-1', { detail: 'not in this region' }),
      ),
    ]);
    expect(text).toContain('x:Y in us-east-1 and eu-west-1\n');
    expect(text).toContain('x:Y in eu-central-1\n');
    expect(text).toContain('3 checks, 3 things to set right');
  });

  it('names a place once, however many checks of it were alike', () => {
    const text = doctorText([aws(...['a', 'a', 'b'].map((place) => finding('ok', `pricing:GetProducts in ${place}`)))]);
    expect(text).toContain('pricing:GetProducts in a and b\n');
  });

  it('counts what went well beyond three', () => {
    const many = Array.from({ length: 5 }, (_, i) => finding('ok', `ec2:Describe${i}`));
    const text = doctorText([aws(...many)]);
    expect(text).toContain('5 checks: ec2:Describe0, ec2:Describe1, ec2:Describe2 and 2 more');
    expect(text).toContain('5 checks, nothing is missing\n');
  });

  it('says when something could not be told, which is no fault', () => {
    expect(doctorText([aws(finding('unknown', 'a'))])).toContain('1 check, nothing is missing, 1 could not be told');
  });

  it('lets no control character of a cloud reach the terminal', () => {
    expect(doctorText([aws(finding('failed', 'a', { detail: 'red\u001b[31m' }))])).not.toContain('\u001b');
  });

  it('prints documents alone for a file, and none where nothing is missing', () => {
    const granted = { ...aws(finding('missing', 'a')), grant: '{"Version":"2012-10-17"}' };
    expect(doctorPolicies([granted, aws()])).toBe('{"Version":"2012-10-17"}\n');
    expect(doctorPolicies([aws()])).toBe('');
    expect(doctorText([granted])).toContain('What would grant aws exactly what is missing:\n{"Version"');
  });

  it('is JSON with a schema version for programs', () => {
    expect(JSON.parse(doctorJson([aws(finding('ok', 'a'))]))).toMatchObject({
      schemaVersion: 1,
      clouds: [{ provider: 'aws', asked: true, calls: 7, findings: [{ what: 'a', state: 'ok' }] }],
    });
  });
});
