import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/cli/version.ts';
import { readFleet } from '../src/fleet/read.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  scripts: Record<string, string>;
};

describe('the README is true', () => {
  it('its fleet file is valid', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
    const fleet = readFleet(yaml, 'README.md');
    expect(fleet.ok ? [] : fleet.troubles).toEqual([]);
  });

  it('its plan is the example plan of today', () => {
    const golden = readFileSync(join(ROOT, 'test/golden/im-fleet.plan.txt'), 'utf8').split('\n');
    const shown = /\$ npx godwit plan [^\n]*\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
    const lines = shown.split('\n').filter((line) => line.trim() !== '' && line.trim() !== '…');
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !golden.includes(line))).toEqual([]);
  });

  it('every file it links to is there', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map((m) => m[1] ?? '')
      .filter((l) => !l.startsWith('http'));
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });

  it('every npm script it names exists', () => {
    const named = [...README.matchAll(/npm (?:run )?(start|test|check|bench|catalog)\b/g)].map((m) => m[1] ?? '');
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it('the version that the command prints is the package’s', () => expect(VERSION).toBe(manifest.version));
});
