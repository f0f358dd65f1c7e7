import { describe, expect, it } from 'vitest';
import { taskAnswers } from '../../shared/contracts/task-answers.ts';

describe('L4: an answer about a person who does not come', () => {
  it.each([
    [{ decision: 'continue', reason: 'Was ill' }, true],
    [{ decision: 'pause', reason: 'In hospital' }, true],
    [{ decision: 'end', reason: 'Has gone' }, true],
    [{ decision: 'end' }, false],
    [{ decision: 'wait', reason: 'x' }, false],
  ])('%o: %s', (answer, isValid) => expect(taskAnswers['non-engagement'].safeParse(answer).success).toBe(isValid));
});

describe('L3: an answer to an offer', () => {
  it.each([
    [{ decision: 'accepted', reason: 'Local' }, true],
    [{ decision: 'returned', reason: 'access', text: 'Which floor?' }, true],
    [{ decision: 'declined', reason: 'no-capacity' }, true],
    [{ decision: 'declined', reason: 'Local' }, false],
    [{ decision: 'declined' }, false],
  ])('%o: %s (a reason may always be given; declining needs one of the known ones)', (answer, isValid) =>
    expect(taskAnswers.offer.safeParse(answer).success).toBe(isValid),
  );
});
