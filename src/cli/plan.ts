import { basename, dirname } from 'node:path';
import { Option } from 'commander';
import type { Decided } from '../plan/plan.ts';
import { EXIT, type ExitCode, type Trouble } from '../trouble.ts';
import { decidedFor, deciding, isExit, type DecideGiven } from './decided.ts';
import { refuse, type Declare, type Io } from './io.ts';

const FORMATS = ['table', 'json', 'yaml', 'markdown', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface Given extends DecideGiven {
  readonly output: Format;
  readonly out?: string;
  readonly full?: boolean;
  readonly detailedExitcode?: boolean;
}

/** `godwit plan [fleet.yaml]`: what Godwit would do now, what it costs, how near to cheapest that is, and whether it may. */
export const declarePlan: Declare = (program, io, finish) => {
  deciding(program.command('plan'))
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(FORMATS).default('table'))
    .option('--out <file>', 'also write the plan as JSON, whole or not at all')
    .option('--full', 'every pool, step and warning, however many')
    .option('--detailed-exitcode', 'exit 2 when the plan has steps and may be carried out')
    .description('plan the fleet: demand, node pools, steps, cost, bound and policies; changes nothing')
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string, given: Given) => finish(await plan(io, file, given)));
};

const EXIT_CODES = `
Exit codes: 0 the plan may be carried out · 2 it has steps (--detailed-exitcode) · 3 a policy or the budget
stops or holds it · 4 facts are stale, missing or incomplete · 64 the command line or the fleet file is wrong`;

async function plan(io: Io, file: string, given: Given): Promise<ExitCode> {
  const folder = given.out === undefined ? undefined : await outFolder(given.out);
  if (folder) return refuse(io, [folder]);
  const decided = await decidedFor(io, file, given);
  if (isExit(decided)) return decided;
  const { exitOf } = await import('../policy/gate.ts');
  io.out(await rendered(decided, given, io));
  const kept = given.out === undefined || (await written(io, decided, given.out));
  const { inert } = await import('../plan/render/lines.ts');
  for (const j of decided.judgements) {
    if (j.verdict !== 'allow') io.err(`godwit: ${j.verdict} by ${j.name}: ${inert(j.reason)}\n`);
  }
  if (!kept) return EXIT.error;
  const code = exitOf(decided.judgements);
  return code === EXIT.ok && given.detailedExitcode && decided.plan.steps.length > 0 ? EXIT.changes : code;
}

async function rendered(decided: Decided, { output, full = false }: Given, io: Io): Promise<string> {
  switch (output) {
    case 'json':
      return jsonText(decided);
    case 'yaml': {
      const [{ stringify }, { planJson }] = await Promise.all([import('yaml'), import('../plan/json.ts')]);
      return stringify(planJson(decided), { aliasDuplicateObjects: false, lineWidth: 0 });
    }
    case 'markdown': {
      const [{ viewOf }, { renderMarkdown }] = await Promise.all([
        import('../plan/render/view-of.ts'),
        import('../plan/render/markdown.ts'),
      ]);
      return renderMarkdown(viewOf(decided, full));
    }
    case 'html': {
      const { renderHtml } = await import('../plan/render/html.ts');
      return renderHtml(decided, full);
    }
    case 'table': {
      const [{ viewOf }, { renderTable }] = await Promise.all([
        import('../plan/render/view-of.ts'),
        import('../plan/render/table.ts'),
      ]);
      return renderTable(
        viewOf(decided, full),
        io.width,
        io.colour ? await (await import('./paint.ts')).paint() : undefined,
      );
    }
    default:
      return output satisfies never;
  }
}

const jsonText = async (decided: Decided): Promise<string> => {
  const { planJson } = await import('../plan/json.ts');
  return `${JSON.stringify(planJson(decided), null, 2)}\n`;
};

async function outFolder(out: string): Promise<Trouble | undefined> {
  const { folderInPlaceOf } = await import('./write-new.ts');
  return folderInPlaceOf(out);
}

/**
 * Written whatever the gate says, since a plan that is held is the one to be looked at; and after it is printed, so
 * that a place that takes no file does not cost the plan.
 */
async function written(io: Io, decided: Decided, out: string): Promise<boolean> {
  const { writeNew } = await import('./write-new.ts');
  const answer = await writeNew(dirname(out), [{ path: basename(out), text: await jsonText(decided) }], true);
  if (!answer.ok) refuse(io, answer.troubles);
  return answer.ok;
}
