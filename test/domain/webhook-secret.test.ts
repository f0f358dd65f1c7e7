import { describe, expect, it } from 'vitest';
import { rotated, signing } from '../../shared/domain/webhook-secret.ts';

const now = new Date('2026-06-15T09:00:00.000Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
const first = [{ secret: 'first', signsUntil: null }];
const namesOf = (secrets: { secret: string }[]) => secrets.map(({ secret }) => secret);

describe('V: a secret that was rotated', () => {
  it('signs on beside the new one for as long as was configured, the new one first', () => {
    const both = rotated(first, 'second', now, 24);
    expect(namesOf(signing(both, hours(23.9)))).toEqual(['second', 'first']);
    expect(namesOf(signing(both, hours(24)))).toEqual(['second']);
  });

  it('keeps its own end when another rotation follows, and is forgotten after it', () => {
    const three = rotated(rotated(first, 'second', now, 24), 'third', hours(12), 24);
    expect(three.map(({ signsUntil }) => signsUntil)).toEqual([null, hours(36).toISOString(), hours(24).toISOString()]);
    expect(namesOf(rotated(three, 'fourth', hours(30), 24))).toEqual(['fourth', 'third', 'second']);
  });
});
