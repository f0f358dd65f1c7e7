import { describe, expect, it } from 'vitest';
import { equalityEntry, privateEntry, recordEntry } from '../../../shared/domain/record-export/kinds.ts';

const id = '11111111-1111-4111-8111-111111111111';
const note = (outputRow?: string) =>
  privateEntry({ key: `REFERRAL#${id}#TEXT#CASE-NOTE#a#b`, content: { words: { text: 'He said', outputRow } } });

describe('An item of a person', () => {
  it('stands under its referral and a heading that tells what it is', () => {
    expect(note()).toEqual({
      referralId: id,
      section: 'Case notes',
      key: 'TEXT#CASE-NOTE#a#b',
      marks: ['third-party'],
      data: { words: { text: 'He said', outputRow: undefined } },
    });
  });

  it.each(['O14', 'O15'])('O14, O15: is sensitive where it is about row %s', (row) => {
    expect(note(row).marks).toEqual(['third-party', 'sensitive']);
    expect(note('O7').marks).toEqual(['third-party']);
  });

  it('of a kind that nobody has thought of is told, and carries every mark', () => {
    const strange = privateEntry({ key: `REFERRAL#${id}#X-RAY#1`, content: { seen: 'a crack' } });
    expect(strange).toEqual({
      referralId: id,
      section: 'Other items',
      key: 'X-RAY#1',
      marks: ['third-party', 'sensitive'],
      data: { seen: 'a crack' },
    });
    expect(privateEntry({ key: 'NOWHERE', content: {} })).toMatchObject({ referralId: null, section: 'Other items' });
    expect(recordEntry(id, { key: 'X-RAY#1', content: {} })).toMatchObject({ section: 'Other items', referralId: id });
  });

  it('of equality monitoring is sensitive, and about the person alone', () => {
    const said = equalityEntry({ key: `REFERRAL#${id}`, content: { characteristics: { disability: 'no-condition' } } });
    expect(said).toMatchObject({ referralId: id, section: 'Equality monitoring', marks: ['sensitive'] });
  });

  it('that tells of risk is sensitive, in the history too', () => {
    const happened = (type: string) => recordEntry(id, { key: 'EVENT#00000001', content: { type } }).marks;
    expect(happened('risk.reassessed.v1')).toEqual(['third-party', 'sensitive']);
    expect(happened('referral.sent.v1')).toEqual(['third-party']);
  });
});
