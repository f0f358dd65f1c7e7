import { describe, expect, it } from 'vitest';
import {
  bookAppointment,
  cancelAppointment,
  type RecordFeedback,
  recordFeedback,
} from '../../../shared/domain/commands/appointments.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { answerNonEngagement } from '../../../shared/domain/commands/non-engagement.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { anAssessment, aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { at, friday, monday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const days = [monday('10:00'), tuesday('10:00'), wednesday('10:00'), thursday('10:00')];
type Came = RecordFeedback['attendance'];

/** The sessions of these days, each held or missed in turn. */
const having = (...attendances: Came[]): Story =>
  attendances.reduce(
    (so, attendance, index) => {
      const day = days[index] ?? friday('10:00');
      const booked = so.does(bookAppointment, aSession(index + 1, day), { at: day });
      return booked.does(recordFeedback, feedback({ attendance }), { at: day });
    },
    aReferralState(aReferral(), { at: monday('07:00') }).delivering(9),
  );
const booking = (story: Story, session: number, day: Date) =>
  story.does(bookAppointment, aSession(session, day), { at: day });
const next = (story: Story, attendance: Came) =>
  given(booking(story, 5, friday('10:00'))).when(recordFeedback, feedback({ attendance }), friday('12:00'));
const nth = (story: Story, index: number) => ({
  allocationId: story.newest().allocationId,
  appointmentId: [...story.world.appointments.keys()].at(index),
});
const decide = (story: Story, decision: 'continue' | 'pause' | 'end', now = friday('12:00')) =>
  given(story).when(
    answerNonEngagement,
    { taskId: story.task('non-engagement').id, answer: { decision, reason: 'She has been ill' } },
    now,
  );

describe('L4: appointments missed in a row', () => {
  it('ask the practitioner at the second, who has five working days (L7)', () =>
    next(having('no'), 'no')
      .thenEvents(
        'attendance.recorded.v1',
        { type: 'non-engagement.raised.v1' },
        {
          type: 'task.opened.v1',
          data: { taskType: 'non-engagement', owner: 'practitioner', dueAt: '2026-06-26T12:00:00.000Z' },
        },
      )
      .thenOpenTasks('delivery', 'non-engagement')
      .thenSees((story, [, raised]) => {
        const { missed } = story.task('non-engagement');
        expect(missed?.map(({ startsAt }) => startsAt)).toEqual([
          '2026-06-15T10:00:00.000Z',
          '2026-06-19T10:00:00.000Z',
        ]);
        expect(raised?.data).toMatchObject({ appointmentIds: missed?.map(({ appointmentId }) => appointmentId) });
      }));

  it('are counted from the supplier assessment on', () => {
    const missing = (story: Story, day: Date) =>
      story
        .does(bookAppointment, anAssessment(day), { at: day })
        .does(recordFeedback, feedback({ attendance: 'no' }), { at: day });
    const story = missing(missing(aReferralState().accepted(), tuesday('10:00')), wednesday('10:00'));
    given(story)
      .when(keepClocks, { taskId: story.task('non-engagement').id })
      .thenNothing()
      .thenOpenTasks('supplier-assessment', 'non-engagement');
  });

  it.each<Came>(['yes', 'late'])('begin anew when the person comes (%s)', (attendance) => {
    next(having('no', attendance), 'no').thenOpenTasks('delivery');
  });

  it('are in the order in which they were held, not told', () => {
    const first = booking(having('no', 'yes'), 3, wednesday('10:00'));
    const scope = first.newest();
    const later = booking(first, 4, thursday('10:00')).does(recordFeedback, feedback(), { at: thursday('12:00') });
    // Missed on Wednesday, told only after she had come on Thursday.
    given(later.does(recordFeedback, feedback({ attendance: 'no' }), { ...scope, at: thursday('13:00') }))
      .when(keepClocks, { taskId: later.task('delivery').id })
      .thenOpenTasks('delivery');
    next(
      later.does(recordFeedback, feedback({ attendance: 'no' }), { ...scope, at: thursday('13:00') }),
      'no',
    ).thenOpenTasks('delivery');
  });

  it('are neither begun anew nor added to by what was cancelled', () => {
    const cancelled = booking(having('no'), 2, wednesday('10:00')).does(cancelAppointment, { reason: 'Flood' });
    expect(cancelled.tasks('non-engagement')).toEqual([]);
    next(cancelled, 'no').thenOpenTasks('delivery', 'non-engagement');
  });

  it('ask once, and a third one is told under the same task', () => {
    const asked = having('no', 'no');
    next(asked, 'no')
      .thenEvents('attendance.recorded.v1')
      .thenSees((story) => {
        expect(story.task('non-engagement').id).toBe(asked.task('non-engagement').id);
        expect(story.task('non-engagement').missed).toHaveLength(3);
      });
  });

  it('are asked about no more once the person comes', () =>
    next(having('no', 'no'), 'late').thenEvents('attendance.recorded.v1').thenOpenTasks('delivery'));

  it('are asked about no more when a correction breaks the row, and are again when another makes one', () => {
    const story = having('no', 'no');
    const corrected = given(story)
      .when(recordFeedback, feedback({ correctionReason: 'She came' }), friday('09:00'), nth(story, 1))
      .thenEvents({ type: 'attendance.recorded.v1', data: { correction: true } })
      .thenOpenTasks('delivery').story;
    given(corrected)
      .when(recordFeedback, feedback({ attendance: 'no', correctionReason: 'Not she' }), friday('10:00'), nth(story, 1))
      .thenEvents('attendance.recorded.v1', 'non-engagement.raised.v1', 'task.opened.v1');
  });

  it('of two providers are two rows', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs }), { at: monday('07:00') })
      .offeredFrom([
        serviceOf('homes', { needs: ['accommodation'] }),
        serviceOf('minds', { needs: ['emotional-wellbeing'] }),
      ])
      .accepted()
      .delivering();
    const both = story.referral.allocations.reduce((so, { id: allocationId }, index) => {
      const day = days[index] ?? monday('10:00');
      const booked = so.does(bookAppointment, aSession(1, day), { allocationId, at: day });
      return booked.does(recordFeedback, feedback({ attendance: 'no' }), { ...booked.newestOf(allocationId), at: day });
    }, story);
    expect(both.tasks('non-engagement')).toEqual([]);
  });

  it('are not asked about while the referral rests or after delivery has ended', () => {
    const booked = booking(having('no'), 2, wednesday('10:00'));
    for (const story of [booked.paused(), booked.delivered()])
      given(story)
        .when(recordFeedback, feedback({ attendance: 'no' }), friday('09:00'))
        .thenEvents('attendance.recorded.v1');
  });

  it('are asked about with a reminder before the deadline, and operations are told of its breach (L7)', () => {
    const story = having('no', 'no');
    const { id: taskId } = story.task('non-engagement');
    const reminded = given(story)
      .when(keepClocks, { taskId }, at('2026-06-22T10:00:00Z'))
      .thenEvents('task.reminded.v1').story;
    given(reminded)
      .when(keepClocks, { taskId }, at('2026-06-24T10:00:00Z'))
      .thenEvents({ type: 'clock.breached.v1', data: { clock: 'non-engagement' } })
      .thenOpenTasks('delivery', 'non-engagement')
      .thenSees(({ referral }) => expect(referral.attention).toMatchObject({ taskId }));
  });

  it.each([
    ['the end of delivery', (story: Story) => story.delivered()],
    ['a withdrawal', (story: Story) => story.withdrawn()],
  ])('are asked about no more after %s', (_, becomes) => {
    expect(becomes(having('no', 'no')).tasks('non-engagement')).toEqual([]);
  });
});

describe('L4: the practitioner decides about non-engagement:', () => {
  it('delivery goes on, and counts anew; why is for the private table alone', () => {
    const { story } = decide(having('no', 'no'), 'continue')
      .thenEvents({ type: 'non-engagement.decided.v1', data: { decision: 'continue' } })
      .thenOpenTasks('delivery')
      .thenSees((_, [event]) => expect(event?.texts?.words).toEqual({ reason: 'She has been ill' }));
    const once = next(story, 'no').thenOpenTasks('delivery').story;
    const twice = once.does(bookAppointment, aSession(6, friday('14:00')), { at: friday('14:00') });
    given(twice)
      .when(recordFeedback, feedback({ attendance: 'no' }), friday('15:00'))
      .thenEvents('attendance.recorded.v1', 'non-engagement.raised.v1', 'task.opened.v1')
      .thenSees((after) => expect(after.task('non-engagement').missed).toHaveLength(2));
  });

  it('a correction of what was decided about raises nothing', () => {
    const { story } = decide(having('no', 'no'), 'continue');
    given(story)
      .when(
        recordFeedback,
        feedback({ attendance: 'no', reason: 'Was ill', correctionReason: 'Told since' }),
        friday('13:00'),
      )
      .thenEvents('attendance.recorded.v1');
  });

  it('the referral rests', () =>
    decide(having('no', 'no'), 'pause')
      .thenEvents(
        'non-engagement.decided.v1',
        { type: 'referral.paused.v1', data: { reason: 'other' } },
        { type: 'task.opened.v1', data: { taskType: 'paused-referral' } },
      )
      .thenStands('delivery', 'paused'));

  it('while it rests already, it goes on resting', () =>
    decide(having('no', 'no').paused(), 'pause')
      .thenEvents('non-engagement.decided.v1')
      .thenStands('delivery', 'paused'));

  it('the allocation ends early, and its report is due, since delivery had begun (L5)', () =>
    decide(having('no', 'no'), 'end')
      .thenEvents(
        'non-engagement.decided.v1',
        { type: 'delivery.ended.v1', data: { reason: 'not-engaged', reportDue: true } },
        { type: 'task.opened.v1', data: { taskType: 'end-of-service-report' } },
      )
      .thenOpenTasks('end-of-service-report'));

  it('one that never began ends with no report, and the referral concludes', () => {
    const missing = (story: Story, day: Date) =>
      story
        .does(bookAppointment, anAssessment(day), { at: day })
        .does(recordFeedback, feedback({ attendance: 'no' }), { at: day });
    decide(missing(missing(aReferralState().accepted(), tuesday('10:00')), wednesday('10:00')), 'end')
      .thenEvents(
        'non-engagement.decided.v1',
        { type: 'delivery.ended.v1', data: { reportDue: false } },
        'allocation.ended.v1',
        { type: 'referral.concluded.v1', data: { endState: 'cancelled', endReason: 'not-engaged' } },
      )
      .thenOpenTasks();
  });

  it('once', () => {
    const story = having('no', 'no');
    const { id: taskId } = story.task('non-engagement');
    given(decide(story, 'continue').story)
      .when(answerNonEngagement, { taskId, answer: { decision: 'end', reason: 'Gone' } })
      .thenRefused('TaskNoLongerOpen');
  });
});
