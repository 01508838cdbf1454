import type { Asked, Report } from './asked.ts';
import { dates } from './dates.ts';
import { expertsOptions } from './experts.ts';
import { levelShift } from './level-shift.ts';
import { midnight } from './midnight.ts';

/** What a calendar changes and what no calendar tells: known dates, the burst of a new year's midnight, a new level. */
export async function calendar(asked: Asked): Promise<Report> {
  const options = expertsOptions(asked.experts);
  const reports: readonly Pick<Report, 'rows' | 'claims'>[] = [
    dates(asked, options),
    midnight(asked, options),
    levelShift(asked, options),
  ];
  return {
    part: 'calendar',
    rows: reports.flatMap(({ rows }) => rows),
    claims: reports.flatMap(({ claims }) => claims),
  };
}
