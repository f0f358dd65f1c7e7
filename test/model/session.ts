import { randomUUID } from 'node:crypto';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { OpenTask } from '../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import { abstractionOf, waitsIn } from './abstraction.ts';
import { faultsOf, faultsOfSeats } from './invariants.ts';
import { type Need, needs } from './market.ts';
import {
  type Act,
  after,
  begun,
  bookingSituation,
  followed,
  groupSituation,
  type Happening,
  referralSituation,
  refusesFacts,
  type State,
  seatSituation,
  sees,
  systemMay,
  waits,
  workSituation,
} from './model.ts';
import {
  type Answered,
  answers,
  type bookingTable,
  type Coverage,
  type groupTable,
  type referralTable,
  type Verdict,
  verdictOf,
  type workTable,
} from './table.ts';
import type { Answer, Crashing, Delivery, Party, Request, Stored, World } from './world.ts';

/** Stands for every word that somebody writes: none may be in the record. */
const words = 'canary-7f3a';
const day = 24 * 60 * 60_000;

/** Something that somebody may try now. */
export interface Attempt {
  act: string;
  situation: string;
  verdict: Verdict;
  request: Omit<Request, 'key'>;
  /** Left out where nothing comes of it, though it is allowed. */
  effect?: { act: Act } & Effect;
  /** Keeps what it made or said. */
  then?: (answer: Answer) => void;
}

type Effect = Partial<Pick<Happening, 'index' | 'need' | 'service' | 'provider' | 'group' | 'startsAt'>>;

/** One referral in one world, and what the model says of it. Whatever is done is compared with what is stored. */
export class Session {
  state: State;
  readonly world: World;
  readonly #facts: ReferralFacts;
  readonly #coverage: Coverage;
  referralId = '';
  before: Stored | undefined;
  /** What was done, in words. */
  readonly story: string[] = [];
  readonly #bookings: string[] = [];
  readonly #groups: string[] = [];
  readonly #letters: string[] = [];
  readonly #links: string[] = [];
  #hasCrashed = false;
  readonly #answers = new Map<string, unknown>();
  #started = 0;

  constructor(world: World, facts: ReferralFacts, coverage: Coverage, isDraft: boolean) {
    this.world = world;
    this.#facts = facts;
    this.#coverage = coverage;
    this.state = begun(isDraft ? 'draft' : 'running', facts.area === null);
  }

  async start(crash?: Crashing): Promise<this> {
    const isDraft = this.state.life === 'draft';
    const body = { ...this.#facts, ...(isDraft ? { draft: true } : {}) };
    const request = { to: endpoints.sendReferral, as: 'practitioner' as const, body, crash, key: randomUUID() };
    const { status, body: sent } = await this.world.request(request);
    if (status !== 202) throw new Error(`it was not sent: ${JSON.stringify(sent)}`);
    this.referralId = String(sent.id);
    this.#started = (await this.world.now()).getTime();
    this.story.push(isDraft ? 'saved as a draft' : 'sent');
    const settled = this.world.worksByItself === true;
    if (settled) await this.world.settle('once', this.referralId);
    await this.look('sent', { settled });
    return this;
  }

  get stored(): Stored {
    if (!this.before) throw new Error('it has not been started');
    return this.before;
  }

  // ---- what may be tried

  async attempts(): Promise<Attempt[]> {
    const now = (await this.world.now()).getTime();
    const { state } = this;
    return [
      ...this.#ofReferral(now),
      ...state.works.flatMap((_, index) => this.#ofWork(index, now)),
      ...state.bookings.flatMap((_, index) => this.#ofBooking(index, now)),
      ...state.groups.flatMap((_, group) => this.#ofGroup(group, now)),
      ...state.letters.flatMap((_, index) => this.#ofLetter(index, now)),
      ...state.links.map((_, index) => this.#ofLink(index, now)),
      ...this.stored.referral.openTasks.flatMap((task) => this.#ofTask(task, now)),
      ...this.#ofClosedTasks(now),
    ];
  }

  #ofReferral(now: number): Attempt[] {
    const { stored, state, referralId } = this;
    const { version } = stored.referral;
    const onReferral = (to: EndpointContract, body: unknown = {}, as: Party = 'practitioner') => ({
      to,
      as,
      params: { referralId },
      body,
      ifMatch: version,
    });
    const reason = words;
    const amend = (changes: object) => onReferral(endpoints.amendReferral, { changes, reason });
    const draft = { ...this.#facts, reasonForReferral: words };
    const requests: Record<keyof typeof referralTable, Request> = {
      'change the draft': onReferral(endpoints.changeDraft, draft),
      'send the draft': onReferral(endpoints.submitDraft),
      'amend the team': amend({ practitioner: { id: `pp-${version}` } }),
      'amend the area away': amend({ area: null }),
      'amend the area back': amend({ area: this.#facts.area ?? this.world.areas.home }),
      'amend to no access': amend({ sentence: { type: 'fine' } }),
      pause: onReferral(endpoints.pauseReferral, { reason: 'recalled', text: words }),
      resume: onReferral(endpoints.resumeReferral),
      withdraw: onReferral(endpoints.withdrawReferral, { reason: 'other', text: words }),
      'report a death': onReferral(endpoints.withdrawReferral, { reason: 'died' }),
      extend: onReferral(endpoints.extendReferral, { endDate: this.#later(now), reason }),
      'end early': onReferral(endpoints.endReferralEarly, { reason: 'not-engaged', text: words }),
      'transfer to another area': onReferral(endpoints.transferReferral, {
        area: state.isAway || state.isMissing ? this.world.areas.home : this.world.areas.far,
        reason,
      }),
      'transfer to another service': onReferral(endpoints.transferReferral, { serviceId: this.#otherService, reason }),
      reopen: onReferral(endpoints.reopenReferral, { reason }, 'operations'),
      redrive: { to: endpoints.redrive, as: 'operations', body: { referralId, reason } },
      release: { to: endpoints.release, as: 'operations', body: { referralId, reason } },
      republish: { to: endpoints.republish, as: 'operations', body: { referralId, reason } },
      'record equality monitoring': onReferral(endpoints.putEqualityMonitoring, { disability: 'prefer-not-to-say' }),
      'report a risk': onReferral(endpoints.reportRisk, { concern: words, observedAt: new Date(now).toISOString() }),
    };
    const isLate = this.#isLate('draft', now);
    return (Object.keys(requests) as (keyof typeof requests)[]).map((act) => {
      const situation = isLate && /draft/.test(act) ? 'draft, late' : (this.#unfit(act) ?? referralSituation(state));
      return this.#attempt(
        act,
        situation,
        requests[act],
        act === 'transfer to another service' ? { service: this.#otherService } : {},
      );
    });
  }

  get #otherService(): string {
    const [one, other] = this.world.rivals;
    const at = this.stored.referral.allocations.filter(({ phase }) => !/report|acknow|ended/.test(phase));
    return at.every(({ serviceId }) => serviceId === other) ? one : other;
  }
  #later(now: number): string {
    const from = Math.max(Date.parse(this.stored.referral.facts.sentence?.endDate ?? '2027-09-30'), now);
    return new Date(from + 30 * day).toISOString().slice(0, 10);
  }

  /** Facts that give no access are refused where they would undo a delivery. */
  #unfit(act: string): string | undefined {
    const { state } = this;
    if (state.life !== 'running') return undefined;
    const isMatched =
      state.levels === 'confirmed' && needs.every((need) => ['placed', 'closed'].includes(state.places[need]));
    if (act === 'transfer to another area' && state.isUnfit)
      return state.works.some(({ phase }) => !/report|acknow|ended/.test(phase)) ? 'unfit' : undefined;
    const changes: Record<string, boolean> = {
      'amend to no access': !state.isUnfit && !isMatched,
      'amend the area away': state.isUnfit && !state.isMissing && !isMatched,
      'amend the area back': state.isUnfit && (state.isMissing || state.isAway) && !isMatched,
      'supply the area': state.isUnfit,
    };
    return changes[act] && refusesFacts(state) ? 'unfit, but delivered to' : undefined;
  }

  #ofWork(index: number, now: number): Attempt[] {
    const { state, stored } = this;
    const work = state.works[index];
    const summary = stored.referral.allocations[index];
    const allocation = stored.allocations.find(({ id }) => id === summary?.id);
    if (!work || !summary || !allocation) return [];
    const { id: allocationId, version } = allocation;
    const provider = { provider: work.provider };
    const on = (to: EndpointContract, body: unknown = {}) => ({
      to,
      as: provider,
      params: { allocationId },
      body,
      ifMatch: version,
    });
    const outcomes = stored.referral.facts.needs.find(({ need }) => need === work.need)?.desiredOutcomes ?? [];
    const plan = (desiredOutcomes: string[]) => ({
      sessions: 100,
      activities: [{ id: 'activity-1', need: work.need, desiredOutcomes, outputRow: 'O8', description: words }],
    });
    const count = state.bookings.length;
    const startsAt = new Date(this.#started - 3 * day + count * 120_000).toISOString();
    const slot = { startsAt, durationMinutes: 1, mode: 'in-person', place: words };
    const { referralId } = this;
    const message = (as: Party, to: unknown): Request => ({
      to: endpoints.sendMessage,
      as,
      params: { referralId },
      body: { to, text: words },
    });
    const requests: Record<Exclude<keyof typeof workTable, 'book a seat'>, Request> = {
      'assign a caseworker': on(endpoints.assignCaseworker, { id: `cw-${referralId.slice(-6)}`, name: words }),
      'accept the engagement': on(endpoints.acceptEngagement, {
        acceptedAt: startsAt,
        explainedBy: words,
        language: 'pl',
        format: 'spoken',
      }),
      'book the assessment': on(endpoints.bookAppointment, { purpose: 'supplier-assessment', ...slot }),
      'book a session': on(endpoints.bookAppointment, { purpose: 'session', session: count + 1, ...slot }),
      'write a plan': on(endpoints.putActionPlan, plan(outcomes.slice(0, 1))),
      'write a plan for less': on(endpoints.putActionPlan, plan([])),
      'submit the plan': on(endpoints.submitActionPlan),
      'complete delivery': on(endpoints.completeDelivery, { reason: 'plan-completed', text: words }),
      'end delivery': on(endpoints.completeDelivery, { reason: 'not-engaged', text: words }),
      'write a report': on(endpoints.putEndOfServiceReport, {
        outcomes: outcomes.map((id) => ({ id, level: 'achieved', evidence: words })),
      }),
      'submit the report': on(endpoints.submitEndOfServiceReport),
      'write a case note': on(endpoints.writeCaseNote, { subject: words, text: words, outputRow: 'O14' }),
      'make an onward link': on(endpoints.makeOnwardLink, {
        organisation: words,
        kind: 'signposted',
        need: work.need,
        followUpOn: new Date(now + 400 * day).toISOString().slice(0, 10),
      }),
      'write to the practitioner': message(provider, 'practitioner'),
      'write to the provider': message('practitioner', { allocationId }),
      'report a risk as provider': {
        ...message(provider, ''),
        to: endpoints.reportRisk,
        body: { concern: words, observedAt: new Date(now).toISOString() },
      },
    };
    const kept: Record<string, string[]> = {
      'book the assessment': this.#bookings,
      'book a session': this.#bookings,
      'make an onward link': this.#links,
      'write to the practitioner': this.#letters,
      'write to the provider': this.#letters,
    };
    // A provider's own message is about its latest work.
    const latest = state.works.findLastIndex(
      (one) => one.provider === work.provider && (one.phase !== 'ended' || !this.#hasLive(work.provider)),
    );
    const attempts = (Object.keys(requests) as (keyof typeof requests)[])
      .filter((act) => this.#isFew(act))
      .map((act) => {
        const at = act === 'write to the practitioner' ? latest : index;
        const then = (answer: Answer): void => void kept[act]?.push(String(answer.body.id));
        return this.#attempt(act, workSituation(state, work, now), requests[act], { index: at }, then);
      });
    return this.#isFew('plan a group session')
      ? [...attempts, this.#planOfGroup(index, summary.serviceId, now)]
      : attempts;
  }

  /** Every other one has been held already, as is told later; the rest are ahead. None at the time of another. */
  #planOfGroup(index: number, serviceId: string, now: number): Attempt {
    const count = this.state.groups.length;
    const startsAt = count % 2 === 0 ? now + (2 + count / 8) * day : this.#started - 6 * day + count * 120_000;
    const body = {
      serviceId,
      caseworkerId: `cw-${count}-${this.referralId.slice(-6)}`,
      outputRows: ['O8'],
      startsAt: new Date(startsAt).toISOString(),
      durationMinutes: 1,
      mode: 'in-person',
      place: words,
      places: 1 + (count % 2),
    };
    const as = { provider: this.state.works[index]?.provider ?? '' };
    const then = ({ body: planned }: Answer): void => void this.#groups.push(String(planned.id));
    const request = { to: endpoints.planGroupSession, as, body };
    return this.#attempt('plan a group session', 'anytime', request, { index, startsAt }, then);
  }

  #ofGroup(group: number, now: number): Attempt[] {
    const { state, stored } = this;
    const { work: index = -1, startsAt = 0 } = state.groups[group] ?? {};
    const [work, session, summary] = [state.works[index], stored.groups[group], stored.referral.allocations[index]];
    const allocation = stored.allocations.find(({ id }) => id === summary?.id);
    if (!work || !session || !allocation) throw new Error(`group session ${group} is not stored`);
    const as = { provider: work.provider };
    const on = (to: EndpointContract, body: object) => ({
      to,
      as,
      params: { groupId: session.id },
      body: { ...body, reason: 'other' },
      ifMatch: session.version,
    });
    const later = Math.max(startsAt, now) + 120_000;
    const requests: Record<Exclude<keyof typeof groupTable, 'plan a group session'>, Request> = {
      'move the group session': on(endpoints.changeGroupSession, { startsAt: new Date(later).toISOString() }),
      'cancel the group session': on(endpoints.cancelGroupSession, {}),
    };
    const seat: Request = {
      to: endpoints.bookAppointment,
      as,
      params: { allocationId: allocation.id },
      body: { purpose: 'session', session: state.bookings.length + 1, groupId: session.id },
      ifMatch: allocation.version,
    };
    const then = (answer: Answer): void => void this.#bookings.push(String(answer.body.id));
    const situation = groupSituation({ work: index, startsAt, status: session.status }, now);
    return [
      ...(Object.keys(requests) as (keyof typeof requests)[]).map((act) =>
        this.#attempt(act, situation, requests[act], { group, startsAt: later }),
      ),
      ...(this.#isFew('book a seat')
        ? [this.#attempt('book a seat', seatSituation(state, work, group, now), seat, { index, group }, then)]
        : []),
    ];
  }

  #hasLive = (provider: string): boolean =>
    this.state.works.some((work) => work.provider === provider && work.phase !== 'ended');

  /** Bounds of the product (twenty appointments, ten links) are other tests' matter. */
  #isFew(act: string): boolean {
    if (/book/.test(act)) return this.state.bookings.length < 8;
    if (/group/.test(act)) return this.state.groups.length < 3;
    if (/link/.test(act)) return this.state.links.length < 4;
    return !/write to/.test(act) || this.state.letters.length < 6;
  }

  #ofBooking(index: number, now: number): Attempt[] {
    const booking = this.state.bookings[index];
    const appointment = this.stored.appointments.find(({ id }) => id === this.#bookings[index]);
    const work = booking && this.state.works[booking.work];
    if (!booking || !appointment || !work) throw new Error(`appointment ${index} is not stored`);
    const { id: appointmentId, allocationId, version } = appointment;
    const on = (to: EndpointContract, body: unknown) => ({
      to,
      as: { provider: work.provider },
      params: { allocationId, appointmentId },
      body,
      ifMatch: version,
    });
    const told = (attendance: string) =>
      on(endpoints.recordFeedback, {
        attendance,
        activities: [],
        rarDay: false,
        notes: words,
        correctionReason: words,
      });
    const requests: Record<keyof typeof bookingTable, Request> = {
      'move an appointment': on(endpoints.changeAppointment, { place: words, reason: words, requestedBy: 'person' }),
      'cancel an appointment': on(endpoints.cancelAppointment, { reason: words }),
      'say that they came': told('yes'),
      'say that they did not come': told('no'),
    };
    return (Object.keys(requests) as (keyof typeof requests)[]).map((act) =>
      this.#attempt(act, bookingSituation(this.state, booking, now, act), requests[act], { index }),
    );
  }

  #ofLetter(index: number, now: number): Attempt[] {
    const letter = this.state.letters[index];
    const work = letter && this.state.works[letter.work];
    if (!letter || !work) return [];
    if (letter.to === 'provider' && !sees(this.state, work.provider, now)) return [];
    const as: Party = letter.to === 'practitioner' ? 'practitioner' : { provider: work.provider };
    const params = { referralId: this.referralId, messageId: this.#letters[index] ?? '' };
    const situation = letter.isRead ? 'read' : 'unread';
    return [this.#attempt('read a message', situation, { to: endpoints.readMessage, as, params, body: {} }, { index })];
  }

  #ofLink(index: number, now: number): Attempt {
    const link = this.stored.links.find(({ id }) => id === this.#links[index]);
    const work = this.state.works[this.state.links[index]?.work ?? -1];
    if (!link || !work) throw new Error(`onward link ${index} is not stored`);
    const request = {
      to: endpoints.followUpOnwardLink,
      as: { provider: work.provider },
      params: { allocationId: link.allocationId, linkId: link.id },
      body: { followedUpAt: new Date(this.#started).toISOString(), result: words },
      ifMatch: link.version,
    };
    const situation = sees(this.state, work.provider, now) ? 'in sight' : 'out of sight';
    return this.#attempt('follow a link up', situation, request, { index });
  }

  // ---- tasks and their answers

  #ofTask(task: OpenTask, now: number): Attempt[] {
    const { type, id: taskId, allocationId } = task;
    const as = this.#ownerOf(task.organisation);
    const respond = (body: unknown): Request => ({ to: endpoints.respondToTask, as, params: { taskId }, body });
    if (!(type in answers)) return [this.#attempt('answer', `${type}, open`, respond({}), {})];
    const need = this.#needOf(task);
    const isLate = this.#isLate(type, now, task);
    return answers[type as Answered].map((act) => {
      const body = this.#answer(act, task);
      const offer = this.#offerOf(taskId);
      const index = this.stored.referral.allocations.findIndex(({ id }) => id === allocationId);
      const effect = {
        index,
        ...(need ? { need } : {}),
        ...(offer ? { service: offer.serviceId, provider: offer.providerId } : {}),
      };
      if (isLate) return this.#attempt('answer', `${type}, late`, respond(body), {});
      const situation = this.#unfit(act) ?? `${type}, open`;
      return this.#attempt(act, situation, respond(body), effect, () => void this.#answers.set(taskId, body));
    });
  }

  #isLate(type: string, now: number, task = this.stored.referral.openTasks.find((one) => one.type === type)): boolean {
    const { paused } = this.stored.referral;
    const clock = paused ? Math.min(now, Date.parse(paused.at)) : now;
    return ['draft', 'offer', 'offer-returned'].includes(type) && task !== undefined && clock > Date.parse(task.dueAt);
  }

  #ownerOf(organisation: string): Party {
    if (organisation === 'operations') return 'operations';
    return organisation === this.stored.referral.organisation ? 'practitioner' : { provider: organisation };
  }

  #needOf({ groupId }: Pick<OpenTask, 'groupId'>): Need | undefined {
    return this.stored.referral.groups.find(({ id }) => id === groupId)?.needs[0] as Need | undefined;
  }

  #offerOf(taskId: string) {
    return this.stored.referral.groups
      .flatMap(({ place }) => (place.at === 'offered' ? place.offers : []))
      .find((offer) => offer.taskId === taskId);
  }

  #answer(act: Act, task: OpenTask): object {
    const said: Partial<Record<Act, object>> = {
      'supply the area': { area: this.world.areas.home },
      'confirm the levels': { needs: needs.map((need) => ({ need, level: 'high', reason: words })) },
      accept: { decision: 'accepted', text: words },
      decline: { decision: 'declined', reason: 'other', text: words },
      'ask for more': { decision: 'returned', text: words },
      inform: { information: words },
      'choose by hand': {
        serviceId: this.world.byHand[this.#needOf(task) ?? 'accommodation'],
        reason: words,
      },
      'close by hand': { decision: 'close', reason: words },
      'approve the plan': { decision: 'approved', reason: words },
      'return the plan': { decision: 'returned', reason: words },
      'go on': { decision: 'continue', reason: words },
      'let it rest': { decision: 'pause', reason: words },
      'give up': { decision: 'end', reason: words },
      acknowledge: { decision: 'acknowledged', reason: words },
      'return the report': { decision: 'returned', reason: words },
      reassess: {
        seriousHarm: 'medium',
        note: words,
        ...(task.reports && task.reports.count > 1 ? { considered: task.reports.latest } : {}),
      },
    };
    return said[act] ?? {};
  }

  /** The same answer again, another one, and one to what is not asked any more. */
  #ofClosedTasks(now: number): Attempt[] {
    const { state } = this;
    return this.stored.tasks.flatMap((task): Attempt[] => {
      const { id: taskId, type, status, organisation } = task;
      if (status === 'open' || !(type in answers)) return [];
      const as = this.#ownerOf(organisation);
      // An offer that is over may not be for its provider's eyes any more.
      if (typeof as === 'object' && !this.#stillSees(as.provider, now)) return [];
      const respond = (body: unknown): Request => ({ to: endpoints.respondToTask, as, params: { taskId }, body });
      const given = this.#answers.get(taskId);
      const other = this.#otherAnswer(type as Answered, given);
      if (status !== 'answered') return [this.#attempt('answer', `${type}, ${status}`, respond(other), {})];
      return given === undefined || state.life === 'removed'
        ? []
        : [
            this.#attempt('answer', `${type}, answered like this`, respond(given), {}),
            this.#attempt('answer', `${type}, answered differently`, respond(other), {}),
          ];
    });
  }

  #stillSees = (provider: string, now: number): boolean =>
    !this.state.works.some((work) => work.provider === provider) || sees(this.state, provider, now);

  #otherAnswer(type: Answered, given: unknown): object {
    const plain = { needs: [], openTasks: [] } as unknown;
    const task = { type, ...(plain as object) } as unknown as OpenTask;
    const fixed: Partial<Record<Answered, object>> = {
      'missing-information': { setting: 'custody' },
      'complexity-confirmation': { needs: needs.map((need) => ({ need, level: 'low', reason: words })) },
      'offer-returned': { information: 'Something else' },
      'risk-reassessment': { seriousHarm: 'low' },
    };
    const others = answers[type].map((act) => this.#answer(act, task));
    return fixed[type] ?? others.find((other) => JSON.stringify(other) !== JSON.stringify(given)) ?? {};
  }

  #attempt(act: string, situation: string, request: Request, effect: Effect, then?: (answer: Answer) => void): Attempt {
    const isAnswer = act === 'answer';
    return {
      act,
      situation,
      verdict: verdictOf(act, situation),
      request,
      ...(isAnswer ? {} : { effect: { act: act as Act, ...effect } }),
      ...(then ? { then } : {}),
    };
  }

  // ---- doing it

  /** Tries it, and sees that it came to what the model says: by the reply, and by what is stored. */
  async does(attempt: Attempt, crash?: Crashing): Promise<void> {
    const { act, situation, verdict, request, effect, then } = attempt;
    const name = `${act} (${situation})${crash ? `, crash ${crash.when} write ${crash.at}` : ''}`;
    this.story.push(`${name}: ${verdict}`);
    const sequence = this.stored.referral.sequence;
    const now = (await this.world.now()).getTime();
    this.#hasCrashed ||= crash !== undefined;
    const answer = await this.world.request({ ...request, key: randomUUID(), crash });
    const came = answer.status < 300 ? 'legal' : String(answer.body.type).replace('/problems/', '');
    if (came !== verdict) this.#fails(`${name} should be ${verdict}, and was ${came}: ${JSON.stringify(answer.body)}`);
    this.#coverage.take(act, situation);
    this.#coverage.asked.add(request.to.name);
    if (verdict === 'legal' && effect) {
      this.state = after(this.state, effect.act, { ...effect, now });
      then?.(answer);
    }
    const settled = this.world.worksByItself === true;
    if (settled) await this.world.settle('once', this.referralId);
    await this.look(name, { settled });
    if (verdict !== 'legal' && this.stored.referral.sequence !== sequence)
      this.#fails(`${name} was refused, and something happened: ${this.stored.history.at(-1)?.type}`);
  }

  /** The machine of the lifecycle dies, and operations start it afresh. */
  async dies(): Promise<void> {
    this.story.push('its execution dies');
    this.world.kill?.(this.referralId);
    const redrive = (await this.attempts()).find(({ act }) => act === 'redrive');
    if (redrive) await this.does(redrive);
    await this.settle('once');
  }

  async places(serviceId: string, places: number): Promise<void> {
    if (this.#hasCrashed) await this.settle('lost');
    this.story.push(`${serviceId} has ${places} places`);
    await this.timePasses(async () => {
      await this.world.states?.(serviceId, places);
      await this.world.settle('once', this.referralId);
    }, false);
  }

  async settle(delivery: Delivery): Promise<void> {
    // What a crash has left undone, nobody but the sweeper finds.
    const how = this.#hasCrashed ? 'lost' : delivery;
    this.#hasCrashed = false;
    this.story.push(`settled (${how})`);
    await this.timePasses(() => this.world.settle(how, this.referralId), how === 'lost');
  }

  async passes(days: number): Promise<void> {
    if (this.#hasCrashed) await this.settle('lost');
    this.story.push(`${days} days pass`);
    await this.timePasses(() => this.world.pass(days * day), true);
  }

  /** Time passes, and nobody notices. */
  drifts(days: number): void {
    this.story.push(`${days} days pass unnoticed`);
    this.world.drift?.(days * day);
  }

  async timePasses(happens: () => Promise<void>, isSwept: boolean): Promise<void> {
    const { openTasks } = this.stored.referral;
    await happens();
    if (isSwept) this.lapse(openTasks, (await this.world.now()).getTime());
    await this.look('time has passed', { settled: true });
  }

  /** L7: what lapses of what was open, once its time was up; the clock of the work rests in a pause. */
  lapse(open: readonly OpenTask[], now: number): void {
    for (const task of open) {
      if (now <= Date.parse(task.dueAt)) continue;
      const { type, allocationId } = task;
      const isMessage = type === 'message-to-practitioner' || type === 'message-to-provider';
      if (this.state.isPaused && !isMessage) continue;
      const need = this.#needOf(task);
      if ((type === 'offer' || type === 'offer-returned') && need)
        this.state = after(this.state, 'the offer lapses', { now, need });
      if (type === 'draft') this.state = after(this.state, 'the draft is removed', { now });
      if (!isMessage) continue;
      const work = this.stored.referral.allocations.findIndex(({ id }) => id === allocationId);
      const to = type === 'message-to-provider' ? 'provider' : 'practitioner';
      const index = this.state.letters.findIndex((one) => one.to === to && one.work === work && one.isAsked);
      this.state = after(this.state, 'nobody read it', { now, index });
    }
  }

  /** What is stored is what the model says, and what always holds, holds. */
  async look(name: string, { settled = false } = {}): Promise<void> {
    const stored = await this.world.stored(this.referralId, this.#groups);
    const now = (await this.world.now()).getTime();
    if (settled) this.state = followed(this.state);
    const found = abstractionOf(stored, this.state, {
      bookings: this.#bookings,
      home: this.world.areas.home,
    });
    const faults = settled ? systemMay(this.state, found) : [];
    if (settled && this.state.life === 'running') {
      this.state = { ...this.state, levels: found.levels, places: found.places };
    }
    const expected = comparable(this.state);
    const seen = comparable(found);
    for (const key of Object.keys({ ...expected, ...seen }) as (keyof typeof expected)[])
      if (JSON.stringify(expected[key]) !== JSON.stringify(seen[key]))
        faults.push(`${key} should be ${JSON.stringify(expected[key])}, and is ${JSON.stringify(seen[key])}`);
    const [asked, open] = [waits(this.state), waitsIn(stored)];
    if (asked.join() !== open.join())
      faults.push(`should be asked:\n  ${asked.join(', ')}\nis asked:\n  ${open.join(', ')}`);
    faults.push(...faultsOf(stored, this.before, words, now));
    if (settled) faults.push(...faultsOfSeats(stored), ...(this.world.faultsOfExecutions?.(stored.referral) ?? []));
    this.before = stored;
    if (faults.length > 0) this.#fails(`after ${name}:\n${faults.join('\n')}`);
  }

  #fails(fault: string): never {
    throw new Error(`${fault}\n\n${this.story.join('\n')}`);
  }
}

const comparable = (state: State) => (state.life === 'removed' ? { life: state.life } : whole(state));
const whole = ({ works, places, letters: _letters, links: _links, pausedAt: _at, bookings, ...state }: State) => ({
  ...state,
  places: state.life === 'running' ? places : null,
  works: works.map(({ attendance: _attendance, drafted: _drafted, plan: _plan, revision, endedAt, ...work }) => ({
    ...work,
    revision: revision !== null,
    hasEnded: endedAt !== null,
  })),
  bookings: bookings.map(({ work, purpose, status, group }) => [work, purpose, status, group]),
});
