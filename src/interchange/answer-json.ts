import type { Placement } from '../placement/placement.ts';
import { bad, good, type Checked } from '../trouble.ts';
import { answerFile, type AnswerFile } from './answer-file.ts';
import { located, parseJson, type Finding } from './json-text.ts';
import { TOP } from './shape.ts';

/** @param seconds how long it took, as measured by the caller */
export function answerJson(placement: Placement, seconds: number): AnswerFile {
  const { status, method, usdPerHour, lowerBoundUsdPerHour, gap, nodes, unplaced, conflict, certificate } = placement;
  const { groupPrices, availabilityPrices, rulePrices } = certificate;
  return {
    schemaVersion: 1,
    status,
    method,
    usdPerHour,
    lowerBoundUsdPerHour,
    // JSON has no infinity
    gap: Number.isFinite(gap) ? gap : null,
    nodes: nodes.map(({ offering, count, replicas }) => ({ offering, count, replicas })),
    unplaced,
    conflict,
    certificate: { groupPrices, availabilityPrices, rulePrices },
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** An answer file as text → its data, whatever its figures are worth: that is for the verification to say. */
export function readAnswer(file: string, text: string): Checked<AnswerFile> {
  const json = parseJson(file, text);
  if (!json.ok) return json;
  const found: Finding[] = [];
  answerFile.check(json.value, TOP, found);
  return found.length > 0 ? bad(...located(file, text, found)) : good(json.value as AnswerFile);
}
