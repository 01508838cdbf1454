import { eventOf } from '../../fleet/assemble.ts';
import { eventFindings } from '../../fleet/check/events.ts';
import { eventsDocument } from '../../fleet/document/events.ts';
import type { DeclaredEvent } from '../../fleet/fleet.ts';
import { findingsOf } from '../../fleet/issues.ts';
import { capped, refused } from '../../fleet/refused.ts';
import { readYaml } from '../../fleet/yaml/read.ts';
import { bad, good, type Checked } from '../../trouble.ts';

/** What is to be known of the events of a series, or of the signals of one market. */
export interface EventList {
  /** IANA name: whose days and clocks are meant where no zone is written */
  readonly timeZone: string;
  /** countries and regions, `DE-BY` */
  readonly holidays: readonly string[];
  /** whether the minutes around a new year's midnight are learnt apart */
  readonly midnight: boolean;
  readonly events: readonly DeclaredEvent[];
}

const EMPTY = { problem: 'the file is empty', remedy: 'name holidays or events, like holidays: [CN]' };

/** An events file as text → its list. All troubles are told, with line and column; an empty file is one. */
export function readEvents(text: string, file: string): Checked<EventList> {
  if (text.trim() === '') return bad({ file, ...EMPTY });
  const yaml = readYaml(text, file);
  if (!yaml.ok) return bad(...capped(yaml.troubles, file));
  const { value } = yaml.value;
  const fields = eventsDocument.safeParse(value);
  if (!fields.success) return refused(findingsOf(fields.error.issues, value), yaml.value, file);
  const { timeZone, holidays = [], midnight } = fields.data;
  const events = fields.data.events.map(eventOf);
  const findings = eventFindings(events);
  return findings.length > 0 ? refused(findings, yaml.value, file) : good({ timeZone, holidays, midnight, events });
}
