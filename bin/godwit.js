#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// a clone that was installed with --ignore-scripts has not been compiled yet: do it once, and say so
const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('godwit: compiling once …\n');
  const { build } = await import('../scripts/build.js');
  if (!build()) process.exit(1);
}
const { main: run } = await import(main.href);
await run();
