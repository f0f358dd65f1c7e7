import fc from 'fast-check';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { market, needs } from './market.ts';
import type { Attempt, Session } from './session.ts';
import type { Coverage } from './table.ts';
import type { Crashing, Delivery, World } from './world.ts';

export const facts = aReferral().with({ needs: needs.map((need) => aNeed(need)) });

/** What brings a referral on to its end. */
const forward = new Set([
  'send the draft',
  'supply the area',
  'confirm the levels',
  'accept',
  'inform',
  'choose by hand',
  'resume',
  'book the assessment',
  'say that they came',
  'write a plan',
  'submit the plan',
  'approve the plan',
  'complete delivery',
  'write a report',
  'submit the report',
  'acknowledge',
]);
/** After it little can be tried, or what was come to is lost: it comes seldom. */
const isSeldom = ({ act, situation }: Attempt): boolean =>
  /withdraw|death|no access|end early/.test(act) || (/did not come/.test(act) && situation.startsWith('held'));

/** One step of a sequence: what is tried, and what comes in its way. */
export interface Step {
  pick: number;
  /** What brings it on; anything that is allowed; anything at all. */
  towards: 'its end' | 'anything' | 'trouble';
  crash: Crashing | null;
  /** How what it sets off arrives; null: the next comes before it. */
  delivery: Delivery | null;
}

export function chosen(all: Attempt[], { pick, towards }: Step): Attempt | undefined {
  const legal = all.filter((one) => one.verdict === 'legal' && (!isSeldom(one) || pick % 7 === 0));
  const on = legal.filter(({ act }) => forward.has(act));
  const pool = towards === 'its end' && on.length > 0 ? on : towards === 'trouble' ? all : legal;
  // First what, then whom: much that can be done to many is not done more often.
  const acts = [...new Set(pool.map(({ act }) => act))];
  const act = acts[pick % Math.max(1, acts.length)];
  const those = pool.filter((one) => one.act === act);
  return those[Math.floor(pick / 101) % Math.max(1, those.length)];
}

export async function takes(session: Session, step: Step): Promise<void> {
  const attempt = chosen(await session.attempts(), step);
  if (!attempt) return session.passes(1);
  await session.does(attempt, step.crash ?? undefined);
  if (step.delivery) await session.settle(step.delivery);
}

type Model = { session: Session };

/** Each of them says what it did, so that a counterexample reads as a story. */
class Command implements fc.AsyncCommand<Model, World> {
  readonly #run: (session: Session) => Promise<void>;
  #did = '';
  constructor(run: (session: Session) => Promise<void>) {
    this.#run = run;
  }
  check = (): boolean => true;
  async run({ session }: Model): Promise<void> {
    const before = session.story.length;
    try {
      await this.#run(session);
    } finally {
      this.#did = session.story.slice(before).join('; ');
    }
  }
  toString = (): string => `\n  ${this.#did || 'nothing'}`;
}

const step: fc.Arbitrary<Step> = fc.record({
  pick: fc.nat(100_000),
  towards: fc.constantFrom('its end', 'its end', 'anything', 'trouble'),
  crash: fc.option(
    fc.record({ at: fc.integer({ min: 1, max: 4 }), when: fc.constantFrom('before' as const, 'after' as const) }),
    { freq: 8 },
  ),
  delivery: fc.constantFrom<Delivery | null>('once', 'once', 'once', 'twice', 'reversed', 'lost', null),
});
const acting = step.map((one) => new Command((session) => takes(session, one)));
/** From hours to months. */
const jumping = fc
  .constantFrom(0.05, 0.5, 1, 3, 8, 31, 95)
  .map((days) => new Command((session) => session.passes(days)));
const dying = fc.constant(null).map(() => new Command((session) => session.dies()));
const stating = fc
  .record({ service: fc.constantFrom(...market), places: fc.nat(2) })
  .map(({ service, places }) => new Command((session) => session.places(service.id, places)));

/** Up to so many commands, much more often of people than of time, accidents and services. */
export const sequences = (maxCommands: number) =>
  fc.commands([acting, acting, acting, acting, acting, acting, acting, acting, jumping, dying, stating], {
    maxCommands,
    size: 'max',
  });

/** Numbers that are the same for the same seed. */
export function numbers(seed: number): () => number {
  const all = fc.sample(fc.nat(100_000), { numRuns: 1500, seed });
  return () => all.pop() ?? 0;
}

/** What has never been tried, wherever it can be; else on, and round by where something is left to try. */
export async function explores(session: Session, coverage: Coverage, next: () => number): Promise<void> {
  const all = await session.attempts();
  const fresh = all.filter(({ act, situation }) => !coverage.isTaken(act, situation));
  const refused = fresh.find(({ verdict }) => verdict !== 'legal');
  if (refused) return session.does(refused);
  const quiet = fresh.find((one) => !isSeldom(one) && !forward.has(one.act) && !moves.test(one.act));
  const pause = all.find((one) => one.act === 'pause' && one.verdict === 'legal');
  const rests =
    pause && all.some(({ situation }) => coverage.isOpen(`${situation}, paused`) && !situation.includes('paused'));
  const one =
    quiet ??
    (rests ? pause : undefined) ??
    (next() % 3 > 0 ? fresh[next() % Math.max(1, fresh.length)] : undefined) ??
    chosen(all, { pick: next(), towards: next() % 4 > 0 ? 'its end' : 'anything', crash: null, delivery: 'once' });
  if (!one) return session.passes(91);
  await session.does(one);
  await session.settle('once');
  const chance = next() % 40;
  if (chance === 0) await session.passes([1, 4, 9, 40, 95][next() % 5] ?? 1);
  if (chance === 1) session.drifts(next() % 95);
  if (chance === 2) await session.places(market[next() % market.length]?.id ?? '', next() % 3);
}
const moves = /transfer|reopen|area|pause|complete|end delivery|give up|let it rest|decline|close by hand/;

/** By the script: each act as it comes, wherever it may be done. A number: so many days pass, and nobody notices. */
export async function follows(session: Session, acts: readonly (string | number)[]): Promise<void> {
  for (const act of acts) {
    if (typeof act === 'number') {
      session.drifts(act);
      continue;
    }
    const [name, situation = ''] = act.split(' | ');
    const all = (await session.attempts()).filter((one) => one.act === name && one.situation.startsWith(situation));
    const attempt = all[0];
    if (!attempt) throw new Error(`${act} cannot be tried after\n${session.story.join('\n')}`);
    await session.does(attempt);
    await session.settle('once');
  }
}

const begun = ['confirm the levels', 'accept', 'book the assessment'];
const missed = [...begun, 'say that they did not come', 'book the assessment', 'say that they did not come | booked'];
const submitted = [...begun, 'say that they came', 'write a plan', 'submit the plan'];
const unmet = 'say that they did not come';
const unassessed = [...begun, 'say that they came', 'write a plan', 'plan a group session', unmet];
const grouped = [...submitted, 'approve the plan', 'plan a group session'];
const seated = [...grouped, 'book a seat | delivery'];
const aheads = ['move an appointment', 'say that they came', 'say that they did not come', 'cancel an appointment'];
const revised = [...grouped, 'write a plan for less', 'submit the plan'];
const answered = 'answer | non-engagement, answered';
/** What a walk comes to seldom. */
export const scripts: { isDraft: boolean; acts: readonly (string | number)[] }[] = [
  { isDraft: true, acts: [95, 'change the draft', 'send the draft'] },
  { isDraft: false, acts: ['confirm the levels', 'ask for more', 20, 'answer | offer-returned, late'] },
  { isDraft: false, acts: [...missed, 'give up'] },
  { isDraft: false, acts: [...missed, 'let it rest'] },
  { isDraft: false, acts: [...missed, 'go on', `${answered} like this`, `${answered} differently`] },
  { isDraft: false, acts: [...missed, 'withdraw', 'answer | non-engagement, withdrawn'] },
  { isDraft: false, acts: [...submitted, 'plan a group session', 'return the plan', 'book a seat | action-plan'] },
  { isDraft: false, acts: [...revised, 'pause', 'book a seat', 'resume', 'book a seat', 'complete delivery'] },
  { isDraft: false, acts: [...revised, 'end delivery'] },
  { isDraft: false, acts: [...seated, ...aheads.map((act) => `${act} | seat ahead`)] },
  {
    isDraft: false,
    acts: [...submitted, unmet, 'return the plan', unmet, 'book the assessment', 'say that they came'],
  },
  {
    isDraft: false,
    acts: [...unassessed, 'book a seat', 'book the assessment', 'say that they came', 'submit the plan'],
  },
];
