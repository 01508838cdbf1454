import type { AnswerFile } from '../interchange/answer-file.ts';
import type { ProblemFile } from '../interchange/problem-file.ts';
import { certificateFindings } from './certificate.ts';
import { costFindings } from './cost.ts';
import { coverageFindings, neededOf } from './coverage.ts';
import type { Finding } from './finding.ts';
import { nodeFindings } from './nodes.ts';
import { ruleFindings, sharesOf } from './rules.ts';
import { sceneOf } from './scene.ts';

export interface Verification {
  /** nothing fails */
  readonly holds: boolean;
  /** in the order of the claims */
  readonly findings: readonly Finding[];
}

/**
 * An answer checked against its problem, claim by claim, by counting and by weak duality: with none of the code that
 * found it, and with no trust in any figure of it.
 *
 * Where an answer says that replicas have no place, its rules, its bound and its certificate are read on those that
 * have one.
 */
export function verify(problem: ProblemFile, answer: AnswerFile): Verification {
  const scene = sceneOf(problem);
  const needed = neededOf(scene, answer);
  const shares = sharesOf(scene, answer);
  const findings = [
    ...nodeFindings(scene, answer),
    ...coverageFindings(problem, scene, answer, shares),
    ...ruleFindings(scene, shares, needed),
    ...costFindings(problem, scene, answer),
    ...certificateFindings(problem, scene, answer, needed),
  ];
  return { holds: findings.every(({ verdict }) => verdict !== 'fails'), findings };
}
