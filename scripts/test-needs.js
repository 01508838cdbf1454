/**
 * Looks for the programs that some tests start, and installs them from Debian where it may.
 *
 * Runs before `npm test`. Nothing here can fail a test run on a developer's machine: a test whose program is missing
 * says so and is skipped. With CI=true a missing program is an error, so that no pipeline skips in silence.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Program → the Debian package that brings it. */
const NEEDS = { prometheus: 'prometheus', promtool: 'prometheus' };
/** What Debian's maintainer scripts ask before they start a service. 101: it may not be started. */
const POLICY = '/usr/sbin/policy-rc.d';

const missing = missingPrograms();
if (missing.length > 0) install([...new Set(missing.map((program) => NEEDS[program]))]);

const still = missingPrograms();
for (const program of still) {
  say(`${program} is missing: tests that start it are skipped. To get it: apt-get install -y ${NEEDS[program]}`);
}
process.exitCode = still.length > 0 && process.env.CI === 'true' ? 1 : 0;

function missingPrograms() {
  return Object.keys(NEEDS).filter((program) => !onPath(program));
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

function install(packages) {
  if (process.platform !== 'linux' || !onPath('apt-get')) return;
  const prefix = privilege();
  if (prefix === undefined) return;
  say(`installing ${packages.join(' ')} with apt-get, without starting its service`);
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  // a handler, so that Ctrl-C ends apt-get and not this process before it has put things back
  process.once('SIGINT', () => process.exit(130));
  const undo = forbidServices(prefix);
  try {
    if (run(prefix, command) || (run(prefix, ['apt-get', 'update']) && run(prefix, command))) return;
    say('apt-get did not succeed');
  } finally {
    undo();
  }
}

/** How to become root: not at all, or by sudo that asks no password; undefined when neither works. */
function privilege() {
  if (process.getuid?.() === 0) return [];
  if (!onPath('sudo')) return undefined;
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/** Keeps the package from starting its service. Answers what puts things back; someone else's policy is left alone. */
function forbidServices(prefix) {
  if (existsSync(POLICY)) return () => undefined;
  if (prefix.length === 0) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    return () => rmSync(POLICY, { force: true });
  }
  const lines = `printf '#!/bin/sh\\nexit 101\\n' > ${POLICY} && chmod 755 ${POLICY}`;
  run(prefix, ['sh', '-c', lines]);
  return () => run(prefix, ['rm', '-f', POLICY]);
}

/** Its output is shown only when it failed. Ten minutes are enough for any mirror. */
function run(prefix, command) {
  const [program, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
  const done = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000 });
  if (done.status === 0) return true;
  const words = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-5).join('\n');
  say(`${command.join(' ')} failed${words === '' ? '' : `:\n${words}`}`);
  return false;
}

function say(text) {
  process.stderr.write(`test-needs: ${text}\n`);
}
