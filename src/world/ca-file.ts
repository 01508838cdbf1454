import { X509Certificate } from 'node:crypto';
import { printable, type Trouble } from '../trouble.ts';
import { readTextFile } from './files.ts';

/**
 * What is wrong with the file that `GODWIT_CA_FILE` names; undefined = nothing, or none is named. Looked at before any
 * cloud is: each vendor's SDK would tell of it in its own way, most of them as of a cloud that does not answer.
 */
export async function caFileTrouble(env: Readonly<Record<string, string | undefined>>): Promise<Trouble | undefined> {
  const file = env['GODWIT_CA_FILE'];
  if (file === undefined || file === '') return undefined;
  const about = { file: 'environment', at: 'GODWIT_CA_FILE', value: file };
  const remedy =
    'name a file with one or more certificates as PEM (-----BEGIN CERTIFICATE-----), or take the variable out';
  const text = await readTextFile(file, LARGEST);
  if (!text.ok) return { ...about, problem: text.troubles[0]?.problem ?? 'it cannot be read', remedy };
  const certificates = text.value.match(/-----BEGIN CERTIFICATE-----[^]*?(?:-----END CERTIFICATE-----|$)/g) ?? [];
  if (certificates.length === 0) return { ...about, problem: 'there is no certificate in it', remedy };
  for (const [i, certificate] of certificates.entries()) {
    const why = faultOf(certificate);
    if (why !== undefined) return { ...about, problem: `its certificate ${i + 1} cannot be read (${why})`, remedy };
  }
  return undefined;
}

/** All public authorities together are a quarter of it. */
const LARGEST = 2 ** 20;

function faultOf(certificate: string): string | undefined {
  try {
    void new X509Certificate(certificate);
    return undefined;
  } catch (error) {
    return printable(error instanceof Error ? error.message : String(error));
  }
}
