import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf } from '../../src/trouble.ts';
import { caFileTrouble } from '../../src/world/ca-file.ts';

const [one = '', two = ''] = rootCertificates;
let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'godwit-ca-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function told(text: string): Promise<string | undefined> {
  const file = join(folder, 'ca.pem');
  await writeFile(file, text);
  return (await caFileTrouble({ GODWIT_CA_FILE: file }))?.problem;
}

describe('certificates of one’s own', () => {
  it.each([
    ['one', one],
    ['several, with words between them as openssl writes them', `# root\n${one}\nsubject=CN\n${two}\n`],
  ])('may be %s', async (_what, text) => {
    expect(await told(text)).toBeUndefined();
  });

  it.each([
    ['', 'there is no certificate in it'],
    ['hello', 'there is no certificate in it'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'there is no certificate in it'],
    [`${one}\n${two.slice(0, 200)}`, 'its certificate 2 cannot be read'],
  ])('are told to be none before a cloud is asked: %j', async (text, problem) => {
    expect(await told(text)).toContain(problem);
  });

  it('are told where the file is not there, as of the environment and not of a cloud', async () => {
    const trouble = await caFileTrouble({ GODWIT_CA_FILE: join(folder, 'nowhere.pem') });
    expect(trouble && lineOf(trouble)).toMatch(
      /^environment: GODWIT_CA_FILE is \S+nowhere.pem: there is no such file; /,
    );
  });

  it('need not be there', async () => {
    expect(await caFileTrouble({})).toBeUndefined();
    expect(await caFileTrouble({ GODWIT_CA_FILE: '' })).toBeUndefined();
  });
});
