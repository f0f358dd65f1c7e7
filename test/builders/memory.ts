import { randomUUID } from 'node:crypto';
import { type Commit, commitOf } from '../../shared/adapters/changes.ts';
import { type HandShakeSteps, handShake, type ParkedToken } from '../../shared/adapters/hand-shake.ts';
import { IdempotencyKeyReused, NotFound, PlaceTaken, SegmentSuperseded } from '../../shared/contracts/errors.ts';
import type { Allocation, Appointment } from '../../shared/domain/allocation.ts';
import { answersIn } from '../../shared/domain/answer-speed.ts';
import { audienceOf } from '../../shared/domain/audience.ts';
import { caseNote, caseNoteKey, caseNotesKey } from '../../shared/domain/case-note.ts';
import { nextLook } from '../../shared/domain/commands/keep-clocks.ts';
import { clockRests } from '../../shared/domain/deadlines.ts';
import { isRefusal, type ReferralState } from '../../shared/domain/decision.ts';
import { type Diary, overlaps, type Slot } from '../../shared/domain/diary.ts';
import { endedWith, type Figures, monthOf } from '../../shared/domain/effectiveness.ts';
import type { DomainEvent } from '../../shared/domain/events.ts';
import { evolve } from '../../shared/domain/evolve.ts';
import { hasBegun, type SeatMove, seatMoves } from '../../shared/domain/group-seats.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { OnwardLink } from '../../shared/domain/onward-link.ts';
import { type PlaceMove, placeMoves, placesHeld, reconciled } from '../../shared/domain/places.ts';
import { begunPlans, nextPeriod, withPlan } from '../../shared/domain/planned-places.ts';
import { crnOf } from '../../shared/domain/referral.ts';
import { riskReport, riskReportsKey } from '../../shared/domain/risk.ts';
import { linesOf } from '../../shared/domain/waiting-list.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type {
  Caller,
  CommandOptions,
  Committed,
  DiarySlot,
  DirectoryEntry,
  EqualityRecord,
  ExecutionRecord,
  HistoryEntry,
  Page,
  PageRequest,
  Ports,
  Receipt,
  Round,
  Scope,
  StoredEvent,
  TaskRecord,
  WaitingExecution,
} from '../../shared/ports.ts';
import { today } from './referral-facts.ts';
import { startedStory } from './story.ts';

type Root = Required<Pick<ReferralState, 'referral' | 'confidential'>>;
type Outcome = Awaited<ReturnType<Ports['referrals']['execute']>>;

/** What Step Functions would be asked to do. */
export interface Machines {
  start(execution: ExecutionRecord): void;
  /** Whether somebody waited under it. */
  redeem(token: string): boolean;
}

/**
 * The ports in memory: what a function or a machine needs of the outside world, without AWS. The domain, the list of
 * what a command wakes and the hand-shake are the real ones; only storage is not.
 */
export class Memory implements Ports {
  now = today;
  machines: Machines = { start: () => undefined, redeem: () => true };

  readonly callers = new Map<string, Omit<Caller, 'person'>>();
  readonly roots = new Map<string, Root>();
  readonly allocationsById = new Map<string, Allocation>();
  readonly appointmentsById = new Map<string, Appointment>();
  readonly messagesById = new Map<string, Message>();
  readonly groupSessionsById = new Map<string, GroupSession>();
  readonly onwardLinksById = new Map<string, OnwardLink>();
  readonly entries: StoredEvent[] = [];
  readonly written = new Map<string, Record<string, string>>();
  readonly taskRecords = new Map<string, TaskRecord>();
  readonly answers = new Map<string, unknown>();
  readonly records = new Map<string, ExecutionRecord>();
  readonly tokens = new Map<string, ParkedToken>();
  readonly receipts = new Map<string, { hash: string; receipt: Receipt }>();
  readonly services = new Map<string, DirectoryEntry>();
  readonly published: StoredEvent[] = [];
  readonly requeued: string[] = [];

  readonly clock = { now: async () => this.now };
  readonly clients = { find: async (id: string) => this.callers.get(id) };

  /** A service with its places, as matching sees it. */
  offer({ free, waiting = 0, answers, answerTime, ...service }: AvailableService): this {
    this.#opensFrom.set(service.id, londonDate(this.now));
    this.services.set(service.id, {
      ...service,
      capacity: { places: free, reserved: 0, confirmed: 0, free, waiting, answers, answerTime },
    });
    return this;
  }

  // ---- referrals

  readonly #load = (referralId: string, scope: Scope = {}): ReferralState | undefined => {
    const root = this.roots.get(referralId);
    if (!root || root.referral.removedAt) return undefined;
    const { allocationId, appointmentId, messageId, linkId } = scope;
    const allocation = allocationId ? this.allocationsById.get(allocationId) : undefined;
    const appointment = appointmentId ? this.appointmentsById.get(appointmentId) : undefined;
    const message = messageId ? this.messagesById.get(messageId) : undefined;
    const link = linkId ? this.onwardLinksById.get(linkId) : undefined;
    const onwardLink = link?.allocationId === allocationId ? link : undefined;
    const isThere =
      (!allocationId || allocation) &&
      (!appointmentId || appointment) &&
      (!messageId || message) &&
      (!linkId || onwardLink);
    if (!isThere) throw new NotFound('in memory');
    return {
      referral: root.referral,
      ...(scope.confidential ? { confidential: root.confidential } : {}),
      ...(allocation ? { allocation } : {}),
      ...(appointment ? { appointment } : {}),
      ...(message ? { message } : {}),
      ...(onwardLink ? { onwardLink } : {}),
      ...this.#groupSession(scope),
      ...(scope.diary ? this.#diary(referralId, allocation, { ...appointment, ...scope.diary }) : {}),
    };
  };

  /** What other referrals hold of the caseworker's time. */
  #diary(ownId: string, own: Allocation | undefined, slot: Partial<Slot>): Pick<ReferralState, 'diary'> {
    const { startsAt = '', durationMinutes = 0 } = slot;
    if (!own?.caseworkerId) return {};
    return { diary: this.#taken({ startsAt, durationMinutes, ...own, caseworkerId: own.caseworkerId }, ownId) };
  }

  #groupSession({ groupId }: Scope): Pick<ReferralState, 'groupSession'> {
    const session = groupId ? this.groupSessionsById.get(groupId) : undefined;
    const place = groupId ? this.placesOfGroups.get(groupId) : undefined;
    return session ? { groupSession: { ...session, ...(place ? { place } : {}) } } : {};
  }

  /** What a caseworker has at that time, but for what is of this referral or group session. */
  #taken({ providerId, caseworkerId, startsAt, durationMinutes }: DiarySlot, ownId: string | undefined): Diary {
    const led = [...this.groupSessionsById.values()]
      .filter((one) => one.id !== ownId && one.status === 'planned' && one.providerId === providerId)
      .filter((one) => one.caseworkerId === caseworkerId && overlaps(one, { startsAt, durationMinutes }))
      .map((one) => ({ groupId: one.id, startsAt: one.startsAt, durationMinutes: one.durationMinutes }));
    const taken = [...this.roots.values()]
      .filter(({ referral }) => referral.id !== ownId)
      .flatMap(({ referral }) => referral.booked.map(({ groupId: _, ...one }) => ({ ...one, referralId: referral.id })))
      .filter((one) => this.allocationsById.get(one.allocationId)?.providerId === providerId)
      .filter((one) => one.caseworkerId === caseworkerId && overlaps(one, { startsAt, durationMinutes }));
    return { caseworkerId, days: [], taken: [...taken, ...led] };
  }

  #commit(
    before: ReferralState | undefined,
    events: DomainEvent[],
    options: CommandOptions,
  ): Pick<Commit, 'after' | 'wakes'> {
    const context = { now: this.now, by: options.by, newId: randomUUID };
    const { after, wakes } = commitOf(before, events, context, options, { record: 'record', private: 'private' });
    this.#movePlaces(placeMoves(before?.referral, after.referral));
    this.#moveSeats(seatMoves(before?.referral, after.referral, events));
    for (const [serviceId, added] of endedWith(before?.referral, after)) this.#count(serviceId, added);
    for (const [serviceId, given] of answersIn(before?.referral, events, this.now)) {
      const capacity = this.services.get(serviceId)?.capacity;
      if (!capacity) continue;
      capacity.answers = (capacity.answers ?? 0) + given.answers;
      capacity.answerTime = (capacity.answerTime ?? 0) + given.answerTime;
    }
    let state = before;
    for (const event of events) {
      const next = state ? evolve(state, event, this.now) : startedStory([event], this.now).state({});
      this.#remember(state, next, event, options);
      state = next;
    }
    const { referral, confidential = this.roots.get(after.referral.id)?.confidential } = after;
    if (!confidential) throw new Error('a referral has its private half');
    this.roots.set(referral.id, { referral, confidential });
    if (after.allocation) this.allocationsById.set(after.allocation.id, after.allocation);
    if (after.appointment) this.appointmentsById.set(after.appointment.id, after.appointment);
    if (after.onwardLink) this.onwardLinksById.set(after.onwardLink.id, after.onwardLink);
    if (after.message) this.messagesById.set(after.message.id, after.message);
    this.#keepTasks(before, after, events);
    this.#keepExecutions(referral.id, events, wakes, options);
    return { after, wakes };
  }

  #moveSeats(moves: SeatMove[]): void {
    for (const { groupId, revision, ...seat } of moves) {
      const session = this.groupSessionsById.get(groupId);
      if (!session) throw new Error('a seat is in a group session');
      if (revision === null && hasBegun(session, this.now)) continue;
      const others = session.seats.filter(({ appointmentId }) => appointmentId !== seat.appointmentId);
      this.groupSessionsById.set(groupId, { ...session, seats: revision === null ? others : [...others, seat] });
    }
  }

  #count(serviceId: string, added: Figures): void {
    const months = this.figures.get(serviceId) ?? new Map<string, Figures>();
    const sum = { ...months.get(monthOf(this.now)) };
    for (const [name, count] of Object.entries(added)) sum[name] = (sum[name] ?? 0) + count;
    this.figures.set(serviceId, months.set(monthOf(this.now), sum));
  }

  /** All or none, as the conditions of the transaction say. */
  #movePlaces(moves: PlaceMove[]): void {
    const known = moves.flatMap((move) => {
      const capacity = this.services.get(move.serviceId)?.capacity;
      return capacity ? [{ ...move, taken: move.reserved + move.confirmed, capacity }] : [];
    });
    for (const { taken, waiting, capacity, ...move } of known) {
      const isTooLate = waiting > 0 && taken === 0 && capacity.free > capacity.waiting;
      const isShort = capacity.reserved + Math.min(0, move.reserved) < 0 || capacity.waiting + waiting < 0;
      if (isTooLate || isShort || (taken > 0 && capacity.free < taken)) throw new PlaceTaken(move.serviceId);
    }
    for (const { taken, waiting, reserved, confirmed, capacity } of known) {
      capacity.reserved += reserved;
      capacity.confirmed += confirmed;
      capacity.waiting += waiting;
      capacity.free -= taken;
    }
  }

  #remember(
    before: ReferralState | undefined,
    { referral }: ReferralState,
    event: DomainEvent,
    { by, traceparent }: CommandOptions,
  ): void {
    this.entries.push({
      pk: `REFERRAL#${referral.id}`,
      sk: `EVENT#${String(referral.sequence).padStart(8, '0')}`,
      id: randomUUID(),
      sequence: referral.sequence,
      type: event.type,
      occurredAt: this.now.toISOString(),
      by,
      data: event.data,
      audience: audienceOf(referral, event, before?.referral),
      referralId: referral.id,
      crn: crnOf(referral),
      traceparent: traceparent ?? null,
    });
    for (const texts of [event.texts, event.keeps]) {
      if (texts) this.written.set(`${referral.id}/${texts.key}`, texts.words);
    }
  }

  #keepTasks(before: ReferralState | undefined, { referral }: ReferralState, events: DomainEvent[]): void {
    const still = new Set(referral.openTasks.map(({ id }) => id));
    for (const task of referral.openTasks) {
      const { id, type, organisation, openedAt, startedAt, appointmentId, dueAt, breachedAt } = task;
      const isReminded = events.some((event) => event.type === 'task.reminded.v1' && event.data.taskId === id);
      const remindedAt = isReminded ? this.now.toISOString() : (this.taskRecords.get(id)?.remindedAt ?? null);
      const closed = { status: 'open', closedAt: null, remindedAt, startedAt, appointmentId } as const;
      const known = { id, type, organisation, openedAt, dueAt, breachedAt, allocationId: task.allocationId ?? null };
      this.taskRecords.set(id, { ...closed, ...known, referralId: referral.id, crn: referral.crn });
    }
    for (const { id } of before?.referral.openTasks ?? []) {
      const task = this.taskRecords.get(id);
      if (!task || still.has(id)) continue;
      const answer = events.find(({ answers }) => answers?.taskId === id)?.answers;
      const lapsed = events.some((event) => event.type === 'task.lapsed.v1' && event.data.taskId === id);
      const status = answer ? 'answered' : lapsed ? 'lapsed' : 'withdrawn';
      if (answer) this.answers.set(id, answer.answer);
      this.taskRecords.set(id, { ...task, status, closedAt: this.now.toISOString() });
    }
  }

  #keepExecutions(referralId: string, events: DomainEvent[], wakes: string[], { restart = [] }: CommandOptions): void {
    const begin = (executionId: string, machine: ExecutionRecord['machine']): void => {
      const fresh = { segment: 1, turn: 0, startedSegment: 0, startedAt: null, definition: null };
      this.records.set(executionId, { executionId, referralId, machine, ...fresh });
    };
    for (const { type, data } of events) {
      if (type === 'referral.sent.v1') begin(referralId, 'referral-lifecycle');
      if (type === 'allocation.started.v1') begin(data.allocationId, 'allocation-delivery');
    }
    for (const id of new Set([...wakes, ...restart])) {
      const { turn = 0, segment = 1 } = this.records.get(id) ?? {};
      this.#update(id, { turn: turn + 1, segment: segment + (restart.includes(id) ? 1 : 0) });
    }
  }

  async #run(
    referralId: string | undefined,
    scope: Scope,
    decide: (state: ReferralState | undefined) => ReturnType<Parameters<Ports['referrals']['execute']>[2]>,
    options: CommandOptions,
  ): Promise<Outcome> {
    const { idempotency, execution } = options;
    const key = idempotency && `${idempotency.client}/${idempotency.route}/${idempotency.key}`;
    const known = key ? this.receipts.get(key) : undefined;
    if (known && known.hash !== idempotency?.hash) throw new IdempotencyKeyReused(key);
    if (known) return this.#replayed(known.receipt, scope);
    const before = referralId ? this.#load(referralId, scope) : undefined;
    if (referralId && !before) throw new NotFound(referralId);
    if (before) options.precondition?.(before);
    if (execution && this.records.get(execution.executionId)?.segment !== execution.segment) {
      throw new SegmentSuperseded(execution.executionId);
    }
    const events = await decide(before);
    if (isRefusal(events)) return events;
    if (events.length === 0 && before) return { state: before, events };
    const { after: state, wakes } = this.#commit(before, events, options);
    const { id } = state.referral;
    for (const executionId of wakes) await this.executions.wake({ referralId: id, executionId });
    for (const executionId of options.restart ?? []) await this.executions.advance({ referralId: id, executionId });
    const resourceId = options.resource?.(events);
    if (key) this.receipts.set(key, { hash: idempotency.hash, receipt: { referralId: state.referral.id, resourceId } });
    return { state, events };
  }

  #replayed(receipt: Receipt, scope: Scope): Committed {
    const state = this.#load(receipt.referralId, scope);
    if (!state) throw new Error('the receipt names no referral');
    return { state, events: [], replayed: receipt };
  }

  readonly referrals: Ports['referrals'] = {
    load: async (id, scope) => this.#load(id, scope),
    create: (decide, options) =>
      this.#run(undefined, { confidential: true }, () => decide(this.#context(options)), options),
    execute: (id, scope, decide, options) =>
      this.#run(id, scope, (state) => decide(state ?? raise(), this.#context(options)), options),
    history: async (id, request) => pageOf(this.historyOf(id), request),
    texts: async (_crn, id, key) => this.written.get(`${id}/${key}`) ?? {},
    riskReports: async ({ id }, request, task) => {
      const prefix = `${id}/${riskReportsKey(task)}`;
      const keys = [...this.written.keys()].filter((key) => key.startsWith(prefix)).sort();
      return pageOf(
        keys.reverse().map((key) => riskReport.parse(this.written.get(key))),
        request,
      );
    },
    list: async (_filter, request) =>
      pageOf(
        [...this.roots.values()].map(({ referral }) => referral),
        request,
      ),
    openWithSameNeed: async (crn, needs) =>
      [...this.roots.values()]
        .filter(({ referral }) => referral.crn === crn && referral.needs.some(({ need }) => needs.includes(need)))
        .map(({ referral: { id, referenceNumber } }) => ({ id, referenceNumber })),
    executions: async (id) => [...this.records.values()].filter(({ referralId }) => referralId === id),
  };

  #context({ by }: CommandOptions) {
    return { now: this.now, by, newId: randomUUID };
  }

  historyOf(referralId: string): StoredEvent[] {
    return this.entries.filter((entry) => entry.referralId === referralId);
  }

  // ---- what belongs to them

  readonly allocations: Ports['allocations'] = {
    find: async (id) => this.allocationsById.get(id),
    appointments: async (id, request) =>
      pageOf(
        [...this.appointmentsById.values()].filter(({ allocationId }) => allocationId === id),
        request,
      ),
    onwardLinks: async (id, request) =>
      pageOf(
        newestFirst([...this.onwardLinksById.values()].filter(({ allocationId }) => allocationId === id)),
        request,
      ),
  };

  readonly placesOfGroups = new Map<string, string>();
  readonly unfollowed = new Set<string>();
  readonly groupSessions: Ports['groupSessions'] = {
    find: async (id) => this.groupSessionsById.get(id),
    place: async (id) => this.placesOfGroups.get(id),
    list: async (providerId, from = '', request) =>
      pageOf(
        [...this.groupSessionsById.values()]
          .filter((one) => one.providerId === providerId && one.startsAt >= from)
          .sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1)),
        request,
      ),
    execute: async (id, { diary, decide }, { by, traceparent, idempotency, precondition }) => {
      const key = idempotency && `${idempotency.client}/${idempotency.route}/${idempotency.key}`;
      const known = key ? this.receipts.get(key) : undefined;
      if (known && known.hash !== idempotency?.hash) throw new IdempotencyKeyReused(key);
      const found = this.groupSessionsById.get(known?.receipt.referralId ?? id ?? '');
      if (known && found) return found;
      if (id && !found) throw new NotFound(id);
      if (found) precondition?.(found);
      const outcome = decide(found, this.#taken(diary(found), id), { now: this.now, by, newId: randomUUID });
      if (isRefusal(outcome)) return outcome;
      const { session, events, place } = outcome;
      this.groupSessionsById.set(session.id, session);
      if (place) this.placesOfGroups.set(session.id, place);
      if (found && found.revision !== session.revision) this.unfollowed.add(session.id);
      if (key) this.receipts.set(key, { hash: idempotency.hash, receipt: { referralId: session.id } });
      const pk = `GROUP#${session.id}`;
      for (const [index, { type, data }] of events.entries()) {
        const sequence = session.sequence - events.length + 1 + index;
        const nobody = { referralId: null, crn: null, traceparent: traceparent ?? null };
        const at = { pk, sk: `EVENT#${String(sequence).padStart(8, '0')}`, occurredAt: this.now.toISOString() };
        this.entries.push({
          ...at,
          ...nobody,
          id: randomUUID(),
          type,
          sequence,
          by,
          data,
          audience: [data.providerId],
        });
      }
      return session;
    },
    unfollowed: async (request) =>
      pageOf(
        [...this.unfollowed].map((groupId) => ({ groupId, since: this.now.toISOString() })),
        request,
      ),
    followed: async ({ id }) => void this.unfollowed.delete(id),
  };

  readonly messages: Ports['messages'] = {
    find: async (referralId, id) => {
      const found = this.messagesById.get(id);
      return found?.referralId === referralId ? found : undefined;
    },
    list: async (referralId, request) =>
      pageOf(
        newestFirst([...this.messagesById.values()].filter((message) => message.referralId === referralId)),
        request,
      ),
  };

  readonly caseNotes: Ports['caseNotes'] = {
    find: async ({ id }, note) => {
      const words = this.written.get(`${id}/${caseNoteKey(note)}`);
      return words && caseNote.parse(words);
    },
    list: async ({ id }, allocationId, request) => {
      const keys = [...this.written.keys()].filter((key) => key.startsWith(`${id}/${caseNotesKey(allocationId)}`));
      return pageOf(newestFirst(keys.map((key) => caseNote.parse(this.written.get(key)))), request);
    },
  };

  readonly tasks: Ports['tasks'] = {
    find: async (id) => this.taskRecords.get(id),
    findAll: async (ids) => ids.flatMap((id) => this.taskRecords.get(id) ?? []),
    answerTo: async ({ id }) => this.answers.get(id) ?? null,
    list: async ({ organisation, status }, request) =>
      pageOf(
        [...this.taskRecords.values()].filter(
          (task) => task.status === status && (!organisation || task.organisation === organisation),
        ),
        request,
      ),
  };

  readonly dueTasks: Ports['dueTasks'] = {
    // What a page brought is no longer due when the next is asked for, so a page begins after the last of the one before.
    dueBy: async (now, { limit, cursor }) => {
      const due = [...this.roots.values()].flatMap(({ referral }) =>
        referral.openTasks.flatMap((task) => {
          const since = nextLook(task, clockRests(task, referral));
          return since && new Date(since) <= now ? [{ taskId: task.id, referralId: referral.id, since }] : [];
        }),
      );
      const place = ({ since, taskId }: { since: string; taskId: string }) => `${since}#${taskId}`;
      const rest = due.filter((one) => place(one) > (cursor ?? '')).sort((a, b) => (place(a) < place(b) ? -1 : 1));
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return { items, cursor: last && rest.length > limit ? place(last) : null };
    },
  };

  /** How long before its start an appointment is reminded of. */
  readonly leadHours = 24;
  /** Appointments of which nothing more is to be told, and those that are looked at later. */
  readonly reminderMarks = new Map<string, Date | null>();
  readonly reminders: Ports['reminders'] = {
    startingBy: async (time, request) =>
      pageOf(
        [...this.appointmentsById.values()].flatMap(
          ({ id: appointmentId, allocationId, status, startsAt, remindedAt }) => {
            const mark = `${startsAt}#${appointmentId}`;
            const putOff = this.reminderMarks.get(mark);
            const at = putOff ?? new Date(startsAt);
            const isMarked = status === 'booked' && remindedAt === null && putOff !== null;
            return isMarked && at < time ? [{ allocationId, appointmentId, mark, since: at.toISOString() }] : [];
          },
        ),
        request,
      ),
    drop: async ({ mark }) => void this.reminderMarks.set(mark, null),
    putOff: async ({ mark }, until) => void this.reminderMarks.set(mark, until),
  };

  readonly directory: Ports['directory'] = {
    find: async (id) => this.services.get(id),
    findAll: async (ids) => ids.flatMap((id) => this.services.get(id) ?? []),
    inArea: async (area) => [...this.services.values()].filter(({ areas }) => areas.some((one) => one === area)),
    all: async (request) => pageOf([...this.services.values()], request),
    put: async (id, version, service) => {
      const found = this.services.get(id);
      if ((found?.version ?? null) !== version) return undefined;
      const capacity = found?.capacity ?? { places: 0, reserved: 0, confirmed: 0, free: 0, waiting: 0 };
      const planned = found?.planned ?? [];
      const saved = { ...service, id, version: (version ?? 0) + 1, sequence: 1, planned, capacity };
      this.services.set(id, saved);
      return saved;
    },
    stateAvailability: async (id, version, places) => {
      const found = this.services.get(id);
      if (found?.version !== version) return undefined;
      const { later: planned } = begunPlans(found.planned, londonDate(this.now));
      const saved = {
        ...found,
        planned,
        version: version + 1,
        capacity: { ...found.capacity, places, free: found.capacity.free + places - found.capacity.places },
      };
      this.services.set(id, saved);
      return saved;
    },
    planPlaces: async (id, version, plan) => {
      const found = this.services.get(id);
      if (found?.version !== version) return undefined;
      const saved = { ...found, planned: withPlan(found.planned, plan), version: version + 1 };
      this.services.set(id, saved);
      return saved;
    },
    periodsBegun: async (now, request) => {
      const begun = [...this.services.values()].flatMap((service) => {
        const at = nextPeriod(service, this.#opensFrom.get(service.id) ?? londonDate(now));
        return at && at <= now ? [{ serviceId: service.id, since: at.toISOString() }] : [];
      });
      return pageOf(begun, request);
    },
    beginPeriod: async ({ id, version, planned }, by) => {
      this.#opensFrom.set(id, londonDate(new Date(this.now.getTime() + 86_400_000)));
      const { places } = begunPlans(planned, londonDate(this.now));
      if (places !== undefined) await this.directory.stateAvailability(id, version, places, by);
    },
  };

  /** By service and month. */
  readonly figures = new Map<string, Map<string, Figures>>();
  readonly effectiveness: Ports['effectiveness'] = {
    ofMonths: async (serviceId, { from, to }) =>
      [...(this.figures.get(serviceId) ?? [])].flatMap(([month, found]) =>
        from <= month && month <= to ? [found] : [],
      ),
  };

  /** By service, the first day that has not been seen to. */
  readonly #opensFrom = new Map<string, string>();
  readonly repaired: string[] = [];
  readonly rounds = new Map<string, Round>();
  #turn = 0;
  readonly places: Ports['places'] = {
    offeredTo: async (serviceId) =>
      [...this.roots.values()].flatMap(({ referral }) =>
        placesHeld(referral).some((place) => place.serviceId === serviceId && place.as === 'reserved')
          ? [referral.id]
          : [],
      ),
    line: async (serviceId) =>
      [...this.roots.values()].flatMap(({ referral }) =>
        linesOf(referral)
          .filter((line) => line.serviceId === serviceId)
          .map((line) => ({ ...line, referralId: referral.id })),
      ),
    waitedFor: async (request) => {
      const waited = [...this.services.values()].filter(({ capacity }) => capacity.waiting > 0);
      return pageOf(
        waited.map(({ id }) => ({ serviceId: id, since: this.now.toISOString() })),
        request,
      );
    },
    nobodyWaits: async () => undefined,
    unfinished: async (request) =>
      pageOf(
        [...this.rounds].map(([serviceId, { since }]) => ({ serviceId, since })),
        request,
      ),
    round: async (serviceId) => this.rounds.get(serviceId),
    leaveRound: async (serviceId, left) => {
      if (left) this.rounds.set(serviceId, left);
      else this.rounds.delete(serviceId);
    },
    nextInTurn: async (limit) => {
      const ids = [...this.services.keys()];
      const found = ids.slice(this.#turn, this.#turn + limit);
      this.#turn = this.#turn + limit < ids.length ? this.#turn + limit : 0;
      return found;
    },
    reconcile: async (serviceId) => {
      const found = this.services.get(serviceId);
      if (!found) return false;
      const referrals = [...this.roots.values()].map(({ referral }) => referral);
      const held = referrals.flatMap(placesHeld).filter((place) => place.serviceId === serviceId);
      const count = (as: 'reserved' | 'confirmed') => held.filter((place) => place.as === as).length;
      const waiting = (await this.places.line(serviceId)).length;
      const right = reconciled(found.capacity, { reserved: count('reserved'), confirmed: count('confirmed'), waiting });
      if (!right) return false;
      Object.assign(found.capacity, right);
      this.repaired.push(serviceId);
      return true;
    },
  };

  readonly outbox: Ports['outbox'] = {
    publish: async (events) => void this.published.push(...events),
    unpublished: async (limit) => {
      const waiting = this.entries.filter((entry) => !this.published.includes(entry)).slice(0, limit);
      return { events: waiting.map((entry) => ({ ...entry, waitingSince: entry.occurredAt })), unreadable: 0 };
    },
    requeue: async (events) => void this.requeued.push(...events.map(({ id }) => id)),
  };

  readonly feed: Ports['feed'] = {
    after: async (organisation, request) =>
      pageOf<HistoryEntry>(
        this.entries.filter(({ audience }) => audience.includes(organisation)),
        request,
      ),
  };

  readonly equalityRecords = new Map<string, EqualityRecord>();
  readonly equality: Ports['equality'] = {
    find: async ({ id }) => this.equalityRecords.get(id),
    put: async ({ id }, record) => this.equalityRecords.set(id, record).has(id),
  };

  // ---- executions: the real hand-shake over items in memory

  readonly #steps: HandShakeSteps = {
    find: async ({ executionId }) => this.records.get(executionId),
    tokenOf: async (executionId) => this.tokens.get(executionId),
    keepToken: async (executionId, token) => {
      const kept = this.tokens.get(executionId);
      if (kept && kept.order > token.order) return false;
      this.tokens.set(executionId, token);
      return true;
    },
    redeem: async (token) => {
      await this.machines.redeem(token);
      return true;
    },
    start: async (execution) => this.machines.start(execution),
    markStarted: async ({ executionId, segment }) =>
      this.#update(executionId, { startedSegment: segment, startedAt: this.now.toISOString() }),
    settle: async () => undefined,
    raiseSegment: async ({ executionId, segment }) => {
      if (this.records.get(executionId)?.segment === segment) this.#update(executionId, { segment: segment + 1 });
    },
  };

  #update(executionId: string, change: Partial<ExecutionRecord>): void {
    const record = this.records.get(executionId);
    if (record) this.records.set(executionId, { ...record, ...change });
  }

  /** Executions that the sweeper is to find, oldest first. */
  readonly waiting: WaitingExecution[] = [];
  readonly executions: Ports['executions'] = {
    ...handShake(this.#steps),
    noteDefinition: async ({ executionId, segment }, definition) => {
      if (this.records.get(executionId)?.segment === segment) this.#update(executionId, { definition });
    },
    waitingSince: async (before, request) =>
      pageOf(
        this.waiting.filter(({ since }) => new Date(since) < before),
        request,
      ),
  };
}

const raise = (): never => {
  throw new Error('a command needs its referral');
};

/** Ids that begin with the time sort by it. */
const newestFirst = <T extends { id: string }>(all: T[]): T[] => all.sort((a, b) => (a.id < b.id ? 1 : -1));

/** A page of what is all at hand; its cursor is how far one has read. */
function pageOf<T>(all: T[], { limit, cursor }: PageRequest): Page<T> {
  const from = Number(cursor ?? 0);
  const items = all.slice(from, from + limit);
  return { items, cursor: from + limit < all.length ? String(from + limit) : null };
}
