// Compiles src, providers and policies to dist. Plain JavaScript: it runs before anything is compiled.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export function build() {
  const compiler = compilerPath();
  if (!compiler) {
    process.stderr.write(
      'godwit: the TypeScript compiler is missing; run npm ci (with its development packages) first\n',
    );
    return false;
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
    cwd: root,
  });
  if (status !== 0) return false;
  linkCommand();
  return true;
}

function compilerPath() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    const path = join(dirname(manifest), 'bin', 'tsc');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

// npm links the commands of dependencies, not a package's own: with this link `npx godwit` works from a clone, offline
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin');
  const link = join(folder, 'godwit');
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(join('..', '..', 'bin', 'godwit.js'), link);
  } catch {
    process.stderr.write('godwit: could not link the command into node_modules/.bin; run it as node bin/godwit.js\n');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(build() ? 0 : 1);
