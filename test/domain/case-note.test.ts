import { describe, expect, it } from 'vitest';
import { type CaseNote, mayReadNote } from '../../shared/domain/case-note.ts';
import { writeCaseNote } from '../../shared/domain/commands/case-notes.ts';
import { assignCaseworker } from '../../shared/domain/commands/provide-service.ts';
import { outputRows } from '../../shared/domain/vocabulary.ts';
import { given } from '../builders/given.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const note: CaseNote = {
  id: '018f0000-0000-7000-8000-000000000001',
  allocationId: '00000000-0000-4000-8000-000000000002',
  subject: 'Call',
  text: 'Told me why she left',
  writtenAt: '2026-06-15T09:00:00.000Z',
  organisation: 'provider-a',
  person: 'worker-1',
};
const story = aReferralState(aReferral().with({ practitioner: { id: 'pp-17' } }))
  .accepted()
  .does(assignCaseworker, { id: 'worker-1', name: 'One' })
  .does(assignCaseworker, { id: 'worker-2', name: 'Two' });
const { organisation: probation } = story.referral;

describe('O14, O15: a note about domestic violence, rape, abuse or sex work', () => {
  const readers: [who: string, reader: { organisation: string; person?: string }, may: boolean][] = [
    ['who wrote it', { organisation: 'provider-a', person: 'worker-1' }, true],
    ["the allocation's caseworker as it is now", { organisation: 'provider-a', person: 'worker-2' }, true],
    ["the referral's practitioner", { organisation: probation, person: 'pp-17' }, true],
    ['anyone else of the provider', { organisation: 'provider-a', person: 'worker-3' }, false],
    ['anyone else of the probation service', { organisation: probation, person: 'pp-18' }, false],
    ['a system that names nobody', { organisation: 'provider-a' }, false],
    ['a system of the probation service that names nobody', { organisation: probation }, false],
    ['somebody of the same id elsewhere', { organisation: probation, person: 'worker-1' }, false],
    ["the practitioner's id at the provider", { organisation: 'provider-a', person: 'pp-17' }, false],
  ];
  it.each(readers)('is for %s: %o, %s', (_, reader, may) => {
    for (const outputRow of ['O14', 'O15'] as const)
      expect(mayReadNote({ ...note, outputRow }, story.state(), reader)).toBe(may);
  });

  it('is for nobody, where nobody wrote it, works on it or sent it', () => {
    const { person: _nobody, ...byASystem } = note;
    const unassigned = aReferralState().accepted().state();
    expect(mayReadNote({ ...byASystem, outputRow: 'O14' }, unassigned, { organisation: 'provider-a' })).toBe(false);
  });

  it('no other row is kept from either organisation', () => {
    for (const outputRow of [undefined, ...outputRows.filter((row) => row !== 'O14' && row !== 'O15')])
      expect(mayReadNote({ ...note, outputRow }, story.state(), { organisation: probation })).toBe(true);
  });
});

describe('L4: a case note', () => {
  const writing = { subject: 'Call', text: 'Told me why she left', outputRow: 'O14' as const };

  const everywhere: [where: string, story: () => Story][] = [
    ['while it is delivered', () => aReferralState().delivering()],
    ['while it is paused', () => aReferralState().delivering().paused()],
    ['once it has concluded', () => aReferralState().acknowledged()],
  ];
  it.each(everywhere)('is written %s, and its event tells neither row nor words', (_, where) => {
    const before = where();
    given(before)
      .when(writeCaseNote, writing)
      .thenEvents('case-note.written.v1')
      .thenSees(({ referral }, [event]) => {
        expect(Object.keys(event?.data ?? {}).sort()).toEqual(['allocationId', 'noteId']);
        expect(event?.keeps?.words).toMatchObject(writing);
        expect(referral.openTasks).toEqual(before.referral.openTasks);
      });
  });

  it('that corrects another stands beside it, in its row', () => {
    const { organisation, ...others } = note;
    const former = { ...others, organisation: probation, outputRow: 'O9' as const };
    given(story)
      .when(writeCaseNote, { subject: 'Call', text: 'On Tuesday', corrects: note.id, former })
      .thenEvents('case-note.written.v1')
      .thenSees((_, [event]) => expect(event?.keeps?.words).toMatchObject({ corrects: note.id, outputRow: 'O9' }));
  });

  it('corrects nothing that is not there, or that its writer may not read', () => {
    const correcting = { ...writing, corrects: note.id };
    given(story).when(writeCaseNote, correcting).thenRefused('Contradiction', '/corrects');
    const former = { ...note, outputRow: 'O14' as const };
    given(story)
      .when(writeCaseNote, { ...correcting, former })
      .thenRefused('Contradiction', '/corrects');
  });
});
