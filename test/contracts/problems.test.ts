import { describe, expect, it } from 'vitest';
import {
  ProblemError,
  problem,
  problemBody,
  problems,
  problemTypes,
  refusals,
} from '../../shared/contracts/problems.ts';
import { checkEligibility } from '../../shared/domain/eligibility/index.ts';

describe('Problems (RFC 9457)', () => {
  it.each(problemTypes)('%s has a type of its own, and says its status and title', (type) => {
    const body = problemBody(type);
    expect(problem.parse(body)).toEqual({ type: `/problems/${type}`, ...titleAndStatus(type) });
    expect(body.status).toBeGreaterThanOrEqual(400);
  });

  it('tell a task that lapsed from one that is answered or gone', () => {
    const types = [refusals.TaskLapsed, refusals.AlreadyAnsweredDifferently, refusals.TaskNoLongerOpen];
    expect(new Set(types).size).toBe(3);
    expect(types.map((type) => problems[type].status)).toEqual([409, 409, 409]);
  });

  it('say when to try again', () => {
    expect(problemTypes.filter((type) => 'retryAfter' in problems[type])).toEqual(['request-in-progress', 'try-again']);
  });

  it('E1–E6: say of an ineligible referral what an eligibility check says', () => {
    const facts = {
      needs: [{ need: 'accommodation' as const, reason: 'not-met-by-primary' as const }],
      sentence: { type: 'fine' as const },
    };
    const { needs } = checkEligibility(facts, new Date('2026-03-02T09:30:00Z'));
    const body = problemBody('ineligible', 'Every rule that it fails is listed.', { needs });
    expect(problem.parse(body).needs?.[0]?.failed[0]).toMatchObject({ rule: 'E1' });
  });

  it('are thrown with all that they answer', () => {
    const errors = [{ pointer: '/needs/0/need', detail: 'is there more than once', rule: 'L1' }];
    const thrown = new ProblemError('rule-refused', 'What was sent contradicts itself.', { errors });
    expect(thrown.message).toBe('What was sent contradicts itself.');
    expect(problemBody(thrown.type, thrown.detail, thrown.extras)).toMatchObject({ status: 422, errors });
    expect(new ProblemError('stale').message).toBe(problems.stale.title);
  });
});

const titleAndStatus = (type: keyof typeof problems) => ({
  title: problems[type].title,
  status: problems[type].status,
});
