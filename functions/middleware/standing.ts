import { NotFound } from '../../shared/contracts/errors.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { type ProviderStanding, providerStanding } from '../../shared/domain/views/referral-view.ts';
import type { HistoryEntry, Ports } from '../../shared/ports.ts';

const answerOf = {
  'offer.accepted.v1': 'accepted',
  'offer.declined.v1': 'declined',
  'offer.returned.v1': 'returned',
  'offer.lapsed.v1': 'lapsed',
  'offer.withdrawn.v1': 'withdrawn',
} as const;

interface ProviderAnswer {
  taskId: string;
  answer: (typeof answerOf)[keyof typeof answerOf];
  at: string;
}

/** Where a provider stands with a referral, and what it has answered. Throws `NotFound` when it was never asked. */
export async function standingOf(
  referrals: Pick<Ports['referrals'], 'history'>,
  referral: Referral,
  provider: string,
  now: Date,
): Promise<{ standing: ProviderStanding; answers: ProviderAnswer[] }> {
  const current = providerStanding(referral, provider, false, now);
  if (current && current.standing !== 'past') return { standing: current, answers: [] };
  const history = await wholeHistory(referrals, referral.id);
  const answers = answersOf(history.filter(({ audience }) => audience.includes(provider)));
  const standing = providerStanding(referral, provider, answers.length > 0, now);
  if (!standing) throw new NotFound(referral.id);
  return { standing, answers };
}

/** Whether a provider has or ever had a part in a referral, if only that it was asked. */
export const isKnownTo = (
  referrals: Pick<Ports['referrals'], 'history'>,
  referral: Referral,
  provider: string,
): Promise<boolean> =>
  standingOf(referrals, referral, provider, new Date(referral.createdAt)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotFound) return false;
      throw error;
    },
  );

/** Read only for a provider whose part is over, and matching is over early in a referral's life. */
async function wholeHistory(referrals: Pick<Ports['referrals'], 'history'>, id: string): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await referrals.history(id, { limit: 100, cursor: cursor ?? undefined });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return found;
}

function answersOf(own: HistoryEntry[]): ProviderAnswer[] {
  const taskOf = new Map<unknown, string>();
  return own.flatMap(({ type, data, occurredAt }) => {
    if (type === 'offer.made.v1' || type === 'offer.information-added.v1')
      taskOf.set(data.offerId, String(data.taskId));
    const answer = type in answerOf ? answerOf[type as keyof typeof answerOf] : undefined;
    const taskId = taskOf.get(data.offerId);
    return answer && taskId ? [{ taskId, answer, at: occurredAt }] : [];
  });
}
