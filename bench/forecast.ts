/**
 * How well the forecast does: on the M4 competition's hourly series, on recorded load by rolling origins, at fine
 * steps, its quantiles, the calendar, and the time it takes; beside the usual methods.
 *
 *   npx tsx bench/forecast.ts [part…] [--folder F] [--series filter,…] [--methods name,…] [--ours] [--origins 20]
 *                             [--days 56] [--past 8] [--experts shipped|none] [--beside FILE] [--json]
 *
 * --list shows the parts and methods. --beside takes rivals from what --json wrote before, since augurs is slow. --folder names another folder than ../shared/data/traffic: every CSV file in it
 * with a time column first is measured. It exits 2 on a slip in what was typed.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Asked, Report } from './forecast/asked.ts';
import { readBeside } from './forecast/beside.ts';
import { calendar } from './forecast/calendar.ts';
import { coverage } from './forecast/coverage.ts';
import { EXPERTS, type ExpertsChoice } from './forecast/experts.ts';
import { fine } from './forecast/fine.ts';
import { m4 } from './forecast/m4.ts';
import { recordedIn } from './forecast/series.ts';
import { speed } from './forecast/speed.ts';
import { claimsTable, LEGEND } from './forecast/table.ts';
import { traffic } from './forecast/traffic.ts';
import { train } from './forecast/train.ts';
import { METHODS } from './forecast/yardsticks.ts';
import { Slip } from './placement/select.ts';
import { sharedData } from './placement/shared-data.ts';

const PARTS = { m4, traffic, fine, coverage, calendar, speed, train } satisfies Record<
  string,
  (asked: Asked) => Report | Promise<Report>
>;
type Part = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as Part[];

const OPTIONS = {
  folder: { type: 'string', default: sharedData('traffic') },
  series: { type: 'string', default: '' },
  methods: { type: 'string', default: '' },
  ours: { type: 'boolean', default: false },
  origins: { type: 'string', default: '20' },
  days: { type: 'string', default: '56' },
  past: { type: 'string', default: '8' },
  experts: { type: 'string', default: 'shipped' },
  beside: { type: 'string' },
  here: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!isSlip(error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const parts = positionals.length === 0 ? NAMES : positionals.map((name) => oneOf('a part', name, NAMES));
  if (values.list) {
    console.log(`parts: ${NAMES.join(', ')}\nmethods: ${METHODS.join(', ')}`);
    return;
  }
  const asked: Asked = {
    folder: values.folder,
    series: listed(values.series),
    methods: values.ours ? ['ours'] : listed(values.methods).map((name) => oneOf('--methods', name, METHODS)),
    experts: oneOf<ExpertsChoice>('--experts', values.experts, EXPERTS),
    origins: counted('--origins', values.origins),
    days: counted('--days', values.days),
    pastOrigins: counted('--past', values.past),
    beside: values.beside === undefined ? new Map() : readBeside(values.beside),
    here: values.here,
    script: fileURLToPath(import.meta.url),
    say: values.json ? () => undefined : (line) => console.log(line),
  };
  const own = values.folder !== OPTIONS.folder.default;
  if (own && !existsSync(asked.folder)) throw new Slip(`--folder: ${asked.folder} is not there`);
  asked.say(preamble(asked));
  if (!own) for (const line of leftOut(asked)) asked.say(line);
  const reports: Report[] = [];
  for (const part of parts) {
    asked.say('');
    const report = await PARTS[part](asked);
    reports.push(report);
    if (report.claims.length > 0) asked.say(`\n${claimsTable(report.claims)}`);
  }
  if (asked.series.length > 0 && reports.every((report) => report.rows.length === 0))
    throw new Slip(`--series: nothing is called ${asked.series.join(' or ')} here`);
  if (values.json) console.log(JSON.stringify({ schemaVersion: 1, machine: machine(), parts: reports }));
  asked.say(`\n${summary(reports)}`);
}

/** What the published figures are over and is not there. */
function leftOut({ folder }: Asked): string[] {
  return recordedIn(folder).absent.map((name) => `${name}: left out, it is not in ${folder}`);
}

function preamble({ origins, days, pastOrigins }: Asked): string {
  return [
    `${machine()}. ${origins} origins a series, up to ${days} days of history; rivals take quantiles from`,
    `${pastOrigins} origins of the past (split-conformal, on logarithms).`,
    LEGEND,
  ].join('\n');
}

function machine(): string {
  return `Node ${process.versions.node} on ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}`;
}

function summary(reports: readonly Report[]): string {
  const claims = reports.flatMap((report) => report.claims);
  return `${claims.filter((claim) => claim.met).length} of ${claims.length} as wanted`;
}

function listed(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

function oneOf<T extends string>(what: string, text: string, names: readonly T[]): T {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Slip(`${what} is one of ${names.join(', ')}, got ${text}`);
  return found;
}

function counted(option: string, text: string): number {
  const n = Number(text);
  if (!(Number.isInteger(n) && n > 0)) throw new Slip(`${option} is a whole number from 1, got ${text}`);
  return n;
}

/** Ours, or one of Node's parser, which has codes of its own. */
function isSlip(error: unknown): error is Error {
  if (error instanceof Slip) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
