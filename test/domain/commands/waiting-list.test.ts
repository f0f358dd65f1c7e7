import { describe, expect, it } from 'vitest';
import { commitOf } from '../../../shared/adapters/changes.ts';
import { allocateManually, answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { amendReferral, pauseReferral, withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { makeOffers, offerPlace } from '../../../shared/domain/commands/make-offers.ts';
import type { Decide } from '../../../shared/domain/decision.ts';
import type { DomainEvent } from '../../../shared/domain/events.ts';
import type { AvailableService } from '../../../shared/domain/matching.ts';
import { hasOffersToMake, openOffers } from '../../../shared/domain/standing.ts';
import { needIds } from '../../../shared/domain/vocabulary.ts';
import { linesOf } from '../../../shared/domain/waiting-list.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { choiceOf, serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story, sender } from '../../builders/story.ts';
import { at, monday, wednesday } from '../../builders/times.ts';

const full = (provider: string, changes: Partial<AvailableService> = {}) =>
  serviceOf(provider, { free: 0, ...changes });
const homes = 'service-of-homes';
const inLine = (services = [full('homes')]) => aReferralState().offeredFrom(services, { at: monday('09:00') });
const linesAt = ({ referral }: Story) => linesOf(referral).map(({ serviceId }) => serviceId);
const turn = (story: Story, services: AvailableService[], serviceId = homes) =>
  given(story).when(offerPlace, { services, serviceId });

describe('L3: when every service that would take it is full, a group', () => {
  it('waits in their lines, with a task of operations that has a deadline (L7)', () =>
    given(aReferralState().confirmed())
      .when(makeOffers, { services: [full('homes'), full('roofs')] }, monday('09:00'))
      .thenEvents(
        { type: 'candidates.ranked.v1', data: { candidates: [] } },
        { type: 'task.opened.v1', data: { taskType: 'waiting-list', owner: 'operations' } },
        'referral.waiting-listed.v1',
      )
      .thenStands('provider-matching', 'waiting-list')
      .thenSees((story) => {
        expect(linesAt(story).sort()).toEqual([homes, 'service-of-roofs']);
        expect(story.task('waiting-list').dueAt).toBe('2026-07-13T09:00:00.000Z');
      }));

  it('keeps its lines and its time when operations choose one that has no place, and asks them again', () => {
    const services = [full('homes'), full('roofs')];
    const waiting = inLine(services);
    const lines = linesOf(waiting.referral);
    const chosen = (from: Story) =>
      from.does(allocateManually, {
        taskId: from.task('waiting-list').id,
        ...choiceOf(serviceOf('homes')),
      });
    const again = chosen(waiting).does(makeOffers, { services });
    expect(linesOf(again.referral)).toEqual(lines);
    expect(again.referral.openTasks.map(({ type }) => type)).toEqual(['waiting-list']);

    const other = chosen(waiting).does(makeOffers, { services: [full('homes'), full('roofs', { free: 1 })] });
    expect(other.referral.openTasks.map(({ type }) => type)).toEqual(['manual-allocation']);
  });

  it('waits for none that has no waiting list, and goes to operations where none has', () => {
    const none = full('homes', { waitingList: false });
    expect(inLine([none]).tasks('manual-allocation')).toHaveLength(1);
    expect(linesAt(inLine([none, full('roofs')]))).toEqual(['service-of-roofs']);
  });

  it('does not wait for who has declined, and with nobody else goes to operations', () => {
    const declined = inLine([full('homes', { free: 1 })]);
    const answer = { decision: 'declined', reason: 'no-capacity' } as const;
    const story = declined.does(answerOffer, { taskId: declined.task('offer').id, answer });
    given(story)
      .when(makeOffers, { services: [full('homes'), full('roofs')] })
      .thenOpenTasks('waiting-list')
      .thenSees((so) => expect(linesAt(so)).toEqual(['service-of-roofs']));
    given(story)
      .when(makeOffers, { services: [full('homes')] })
      .thenOpenTasks('manual-allocation');
  });

  it('of several needs waits for the service that takes them together', () =>
    given(aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] })).confirmed())
      .when(makeOffers, { services: [full('homes')] })
      .thenOpenTasks('waiting-list')
      .thenSees(({ referral }) => expect(referral.groups).toHaveLength(1)));

  it('waits for at most five services, the best of them', () =>
    given(aReferralState().confirmed())
      .when(makeOffers, { services: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => full(name)) })
      .thenSees((story) => expect(linesAt(story)).toHaveLength(5)));

  it('prefers the shorter lines, and does not count itself', () => {
    const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, waiting) => full(name, { waiting }));
    const best = ['a', 'b', 'c', 'd', 'e'].map((name) => `service-of-${name}`);
    const story = aReferralState().offeredFrom(lines);
    expect(linesAt(story)).toEqual(best);
    const now = lines.map((service) => ({ ...service, waiting: service.waiting ?? 0 }));
    const joined = now.map((service) => ({ ...service, waiting: service.waiting + Number(best.includes(service.id)) }));
    turn(story, joined, 'service-of-a').thenEvents();
  });

  it('does not overtake those who are in line: places that others wait for are not open to it', () => {
    const story = aReferralState().confirmed();
    given(story)
      .when(makeOffers, { services: [full('homes', { free: 2, waiting: 2 })] })
      .thenOpenTasks('waiting-list');
    given(story)
      .when(makeOffers, { services: [full('homes', { free: 3, waiting: 2 })] })
      .thenOpenTasks('offer');
  });
});

describe('L3: when its turn comes, who waits', () => {
  it('is offered the place, and the task of the wait is withdrawn', () =>
    turn(inLine(), [full('homes', { free: 1, waiting: 4 })])
      .thenEvents('candidates.ranked.v1', 'task.opened.v1', { type: 'offer.made.v1', data: { serviceId: homes } })
      .thenOpenTasks('offer')
      .thenStands('provider-matching', 'offered')
      .thenSees((story) => expect(linesAt(story)).toEqual([])));

  it('leaves every line at once', () => {
    const services = [full('homes', { free: 1, waiting: 1 }), full('roofs')];
    turn(inLine([full('homes'), full('roofs')]), services).thenSees((story) => expect(linesAt(story)).toEqual([]));
  });

  it('told twice, is offered it once', () => {
    const { story } = turn(inLine(), [full('homes', { free: 1, waiting: 1 })]);
    turn(story, [full('homes')]).thenNothing();
  });

  it('waits on when others were quicker', () => turn(inLine(), [full('homes')]).thenNothing());

  it('goes to operations when that service does not fit any more and no other does', () =>
    turn(inLine(), [full('homes', { areas: ['gwent'] })])
      .thenEvents('candidates.ranked.v1', 'task.opened.v1')
      .thenOpenTasks('manual-allocation'));

  it('waits for another full one instead, under the same task and from the same time', () => {
    const story = inLine();
    const { id } = story.task('waiting-list');
    turn(story, [full('homes', { areas: ['gwent'] }), full('roofs')])
      .thenEvents('candidates.ranked.v1', {
        type: 'referral.waiting-listed.v1',
        data: { services: ['service-of-roofs'], taskId: id },
      })
      .thenOpenTasks('waiting-list')
      .thenSees(({ referral }) =>
        expect(linesOf(referral)).toMatchObject([{ since: monday('09:00').toISOString(), releaseOn: null }]),
      );
  });
});

describe('L3: out of line', () => {
  it('while it is paused, and back in it from the same time, with as long a deadline as was left', () => {
    const paused = inLine().paused();
    expect(linesAt(paused)).toEqual([]);
    const back = paused.resumed({ at: wednesday('09:00') }).offeredFrom([full('homes')]);
    expect(linesOf(back.referral)).toMatchObject([{ serviceId: homes, since: monday('09:00').toISOString() }]);
    expect(back.tasks('waiting-list')).toHaveLength(1);
  });

  it('while facts are missing', () => {
    const story = inLine();
    const changes = { risk: { seriousHarm: null } };
    expect(linesAt(story.does(amendReferral, { changes, reason: 'Not assessed yet' }))).toEqual([]);
  });

  it('when what matching looks at has changed: it is matched anew', () => {
    const moved = inLine().does(amendReferral, { changes: { area: 'lancashire' }, reason: 'Has moved' });
    expect(linesAt(moved)).toEqual([]);
    given(moved)
      .when(makeOffers, { services: [full('homes')] })
      .thenOpenTasks('manual-allocation');
  });

  it('when it is withdrawn', () => {
    const { referral } = inLine().withdrawn();
    expect([linesOf(referral), referral.openTasks, referral.conclusion?.endState]).toEqual([[], [], 'cancelled']);
  });

  it('when it is found ineligible', () => {
    const changes = { sentence: { type: 'fine' as const } };
    const { referral } = inLine().does(amendReferral, { changes, reason: 'Sentenced anew' });
    expect([linesOf(referral), referral.ending?.reason]).toEqual([[], 'ineligible']);
  });

  it('E8: but not for a release that moves: its priority does', () => {
    const sentence = { type: 'licence' as const, requirements: [], rarDays: null };
    const facts = aReferral().with({ sentence, setting: 'custody', expectedReleaseDate: '2026-09-01' });
    const story = aReferralState(facts).offeredFrom([full('homes')]);
    const sooner = story.does(amendReferral, { changes: { expectedReleaseDate: '2026-07-01' }, reason: 'Parole' });
    expect(linesOf(sooner.referral)).toMatchObject([{ serviceId: homes, releaseOn: '2026-07-01' }]);
  });
});

describe('L3, L7: operations end a wait by hand', () => {
  const answering = (answer: Omit<Parameters<typeof allocateManually>[1], 'taskId'>) => {
    const story = inLine();
    return given(story).when(allocateManually, { taskId: story.task('waiting-list').id, ...answer });
  };

  it('with a service of their choice, whoever waits for it', () => {
    const { story } = answering(choiceOf(serviceOf('far')));
    given(story)
      .when(makeOffers, { services: [full('far', { areas: ['gwent'], free: 1, waiting: 3 })] })
      .thenOpenTasks('offer');
  });

  it('or by closing it', () =>
    answering({ answer: { decision: 'close', reason: 'Has found a flat' } })
      .thenEvents('referral.allocated-manually.v1', 'referral.concluded.v1')
      .thenSees((story) => expect(linesAt(story)).toEqual([])));

  it('after its deadline too: it is marked, and the wait goes on', () => {
    const story = inLine();
    expect(story.later(at('2026-09-01T09:00:00Z')).task('waiting-list').breachedAt).toBeNull();
    turn(story.later(at('2026-09-01T09:00:00Z')), [full('homes', { free: 1, waiting: 1 })]).thenOpenTasks('offer');
  });
});

describe('Rule 1: a referral that is offered at once and in line as often as it may', () => {
  const area = 'metropolitan-police' as const;
  const tables = { record: 'record', private: 'private' };
  /** So many needs with places, offered to several, and as many that only full services take. */
  function matched(count: number): Story {
    const general = needIds.filter((need) => !need.startsWith('womens-')).slice(0, count);
    const womens = needIds.filter((need) => need.startsWith('womens-')).slice(-count);
    const services = [
      ...general.flatMap((need) =>
        [1, 2, 3, 4, 5].map((n) => serviceOf(`${need}-${n}`, { needs: [need], areas: [area] })),
      ),
      ...womens.flatMap((need) =>
        [1, 2, 3, 4, 5, 6].map((n) => full(`${need}-${n}`, { needs: [need], areas: [area], cohort: 'women' })),
      ),
    ];
    const needs = [...general, ...womens];
    const policy = { parallelOffers: Object.fromEntries(needs.map((need) => [need, 5])) };
    let story = aReferralState(aReferral().with({ area, needs: needs.map((need) => aNeed(need)) })).confirmed();
    while (hasOffersToMake(story.referral)) story = story.does(makeOffers, { services, policy });
    return story;
  }
  const itemsOf = <C>(story: Story, decide: Decide<C>, command: C): number =>
    commitOf(story.state(), given(story).when(decide, command).events, story.context(), { by: sender }, tables).changes
      .length;
  const asMuchAsPossible = {
    changes: { area: 'lancashire' as const, risk: { seriousHarm: 'very-high' as const } },
    reason: 'All at once',
  };

  it.each([
    [1, 50],
    [2, 50],
    [3, 50],
    [7, 65],
  ])('is withdrawn, amended and paused in one transaction: %i and %i needs', (count, most) => {
    const story = matched(count);
    expect(openOffers(story.referral).length).toBeGreaterThanOrEqual(count);
    expect(itemsOf(story, withdrawReferral, { reason: 'other', text: 'Everything' })).toBeLessThanOrEqual(most);
    expect(itemsOf(story, amendReferral, asMuchAsPossible)).toBeLessThanOrEqual(most);
    expect(itemsOf(story, pauseReferral, { reason: 'recalled', text: 'Again' })).toBeLessThanOrEqual(most);
  });
});

describe('Rule 1: a referral with all needs, each in line for as many services as it may', () => {
  const needs = needIds.map((need) => aNeed(need));
  const area = 'metropolitan-police' as const;
  const services = needIds.flatMap((need) =>
    Array.from({ length: 7 }, (_, n) => full(`${need}-${n}`, { needs: [need], areas: [area] })),
  );
  const tables = { record: 'record', private: 'private' };
  const itemsOf = (before: Story, events: DomainEvent[]) =>
    commitOf(before.state(), events, before.context(), { by: sender }, tables).changes.length;

  it('joins them in commands of at most fifty items, and leaves them all in one transaction', () => {
    let story = aReferralState(aReferral().with({ area, needs })).confirmed();
    while (hasOffersToMake(story.referral)) {
      const { events, story: next } = given(story).when(makeOffers, { services });
      expect(itemsOf(story, events)).toBeLessThanOrEqual(50);
      story = next;
    }
    const waiting = story.referral.groups.map(({ place }) => (place.at === 'waiting' ? place.services.length : 0));
    expect(waiting.every((count) => count > 0)).toBe(true);
    const { events } = given(story).when(withdrawReferral, { reason: 'moved' });
    expect(itemsOf(story, events)).toBeLessThanOrEqual(100);
  });
});

describe('L3: a group in line whose needs others could take apart', () => {
  const two = aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] });
  const homesOnly = serviceOf('homes', { needs: ['accommodation'] });
  const mindsOnly = serviceOf('minds', { needs: ['emotional-wellbeing'] });
  const waiting = () =>
    aReferralState(two, { at: monday('09:00') }).offeredFrom([full('both'), { ...homesOnly, free: 0 }]);
  const groupsOf = ({ referral }: Story) => referral.groups.map(({ needs, place }) => [needs.length, place.at]);

  it('is in the line of who takes all of it, and of who takes a part', () =>
    expect(linesAt(waiting()).toSorted()).toEqual(['service-of-both', 'service-of-homes']));

  it('is parted at its turn, so that nobody who needs less passes by; what is left keeps its time and its deadline', () => {
    const story = waiting();
    const { dueAt } = story.task('waiting-list');
    given(story)
      .when(
        offerPlace,
        { services: [full('both', { waiting: 1 }), { ...homesOnly, free: 1, waiting: 1 }], serviceId: homesOnly.id },
        wednesday('09:00'),
      )
      .thenOpenTasks('offer', 'waiting-list')
      .thenSees((after) => {
        expect(groupsOf(after)).toEqual([
          [1, 'offered'],
          [1, 'waiting'],
        ]);
        expect(linesOf(after.referral)).toMatchObject([{ since: monday('09:00').toISOString() }]);
        expect(after.task('waiting-list').dueAt).toBe(dueAt);
      });
  });

  it('goes whole to who has a place for all of it', () =>
    given(waiting())
      .when(offerPlace, {
        services: [full('both', { free: 1, waiting: 1 }), homesOnly, mindsOnly],
        serviceId: 'service-of-both',
      })
      .thenSees((after) => expect(groupsOf(after)).toEqual([[2, 'offered']])));

  it('does not wait beside a free place: with a full service chosen by hand, for the others that are full', () => {
    const story = waiting();
    given(story.does(allocateManually, { taskId: story.task('waiting-list').id, ...choiceOf(serviceOf('both')) }))
      .when(makeOffers, { services: [full('both'), { ...homesOnly, free: 1 }, { ...mindsOnly, free: 0 }] })
      .thenSees((after) => expect(linesAt(after).toSorted()).toEqual(['service-of-both', 'service-of-minds']));
  });

  it('leaves no task behind when it is parted after a pause', () =>
    given(waiting().paused().resumed())
      .when(makeOffers, { services: [full('both'), homesOnly, mindsOnly] })
      .thenOpenTasks('offer', 'offer'));
});
