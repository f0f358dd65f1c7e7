import { shards } from '../../shared/adapters/keys.ts';
import { combined, type PerReferral, sessionsCounted, type Work } from './costs.ts';
import type { Section } from './report.ts';

/**
 * Arithmetic and not dice: referrals do not wait for each other, so far below a limit the expected load is the load, and
 * a random draw would only blur it (at ten a second, by a third in one second and by a hundredth in a quarter of an hour).
 * Where something is done one after another, its share of the time is given instead. What is open is followed day by day.
 */

/** Referrals a year, for the whole of England and Wales, and a hundred times as many. */
const loads = [250_000, 25_000_000] as const;

/** Days on which probation works: 52 weeks of 5 days, without bank holidays. */
const workingDays = 253;
/** Nine to five. */
const hoursADay = 8;
/** The busiest hour of the busiest day beside the mean hour: Mondays, the days after a bank holiday, court days. */
const peakFactor = 3;

/** Needs that one provider cannot take together make further allocations. */
const allocationsEach = 1.6;
/** Asked per allocation until one accepts. */
const offersEach = 1.4;
/** Held per allocation; contracts give 2, 4 or 8 by complexity. */
const sessionsEach = 6;
/** Tasks of a referral that are still open when they are to be reminded of or lapse. */
const remindersEach = 3;

/** How long referrals stay open, from sending to conclusion. */
const lifetimes = [
  { what: 'withdrawn or found ineligible before anybody is asked', share: 0.12, days: 14 },
  { what: 'a plan of some sessions, carried out within half a year', share: 0.58, days: 180 },
  { what: 'a longer order, or a pause', share: 0.25, days: 365 },
  { what: 'from custody, or until the end of the longest orders', share: 0.05, days: 730 },
];
/** From sending until an offer has been accepted. */
const untilAllocated = 21;
/** An execution continues in a fresh one after this (`isOldExecution`). */
const renewedAfter = 300;

const services = 10_000;
/** Of the 43 police force areas. */
const areasEach = 4;
const areas = 43;
/** The metropolitan area: its share of the referrals, and the services there. */
const largestArea = { share: 0.2, services: 2000 };
/** Fifty times what an even spread would give one service. */
const busiestService = 0.005;
/** The two keys of a pointer to a service. */
const pointerBytes = 100;

/** Read, then committed, one after another on one item: what AWS takes where nothing else is in the way. */
const transactionMilliseconds = 20;
/** One reminder or lapse, read and committed. */
const sweptMilliseconds = 30;
/** A batch of the stream: read, to the bus, to the feeds. */
const batchMilliseconds = 100;
/** What a sweep may take of its minute (`sweepTime`). */
const sweepSeconds = 40;
/** Items of one transaction to the feeds (`feedItems`). */
const feedItems = 50;
/** An execution that does not park: started, looked, done. */
const briefSeconds = 5;

/**
 * Published defaults of one account in one region. All but those of a partition can be raised. Those of Step Functions
 * are of the regions without larger ones: verify them for eu-west-2 before relying on them.
 */
const quota = {
  openExecutions: 1_000_000,
  transitionsPerSecond: 800,
  startsPerSecond: 150,
  requestsPerSecond: 10_000,
  concurrentFunctions: 1000,
  tableWrites: 40_000,
  tableReads: 40_000,
  partitionWrites: 1000,
  partitionReads: 3000,
} as const;

/** A referral of average size, by the work counted in this run. */
const average = ({ one, offer, allocation, session }: PerReferral): Work =>
  combined(
    [one, 1],
    [allocation, allocationsEach - 1],
    [offer, (offersEach - 1) * allocationsEach],
    [session, (sessionsEach - sessionsCounted) * allocationsEach],
  );

/** Referrals a second in the busiest hour. */
const peakOf = (perYear: number): number => (peakFactor * perYear) / (workingDays * hoursADay * 3600);

interface Line {
  what: string;
  limit: number;
  /** Of one second, or minute, of the busiest hour, at so many referrals a second. */
  at: (referrals: number) => number;
}

function lines(work: Work, unitsPerService: number): Line[] {
  const { footprint, by } = work;
  const kinds = Object.values(by);
  const sum = (of: 'writeUnits' | 'readUnits' | 'milliseconds'): number => kinds.reduce((all, one) => all + one[of], 0);
  const requests = by.commands.invocations + by.reads.invocations;
  const writes = sum('writeUnits');
  const shardCount = shards('').length;
  const matchings = offersEach * allocationsEach;
  const inItsArea =
    largestArea.share * largestArea.services +
    (1 - largestArea.share) * ((services * areasEach - largestArea.services) / (areas - 1));
  const longLived = lifetimes.reduce((all, { share, days }) => all + share * Math.floor(days / renewedAfter), 0);
  const slice = Math.floor((feedItems - 3) / (1 + footprint.places / work.events));
  // Counters and place: two items for an offer, three when it is accepted, two at the end; each twice in a transaction.
  const placeItems = allocationsEach * 7 + (offersEach - 1) * allocationsEach * 4;
  const placeMoves = allocationsEach * 3 + (offersEach - 1) * allocationsEach * 2;
  const per = (each: number) => (referrals: number) => referrals * each;
  return [
    { what: 'Commands a second', limit: quota.requestsPerSecond, at: per(by.commands.invocations) },
    { what: 'All API requests a second', limit: quota.requestsPerSecond, at: per(requests) },
    { what: 'Functions running at once', limit: quota.concurrentFunctions, at: per(sum('milliseconds') / 1000) },
    { what: 'State transitions a second', limit: quota.transitionsPerSecond, at: per(work.transitions) },
    {
      what: '`StartExecution` a second, renewals included',
      limit: quota.startsPerSecond,
      at: per(footprint.executions * (1 + longLived)),
    },
    { what: 'Write units a second, both tables', limit: quota.tableWrites, at: per(writes) },
    { what: 'Read units a second, without matching', limit: quota.tableReads, at: per(sum('readUnits')) },
    {
      what: 'Read units a second for matching',
      limit: quota.tableReads,
      at: per(matchings * inItsArea * unitsPerService),
    },
    {
      what: 'Writes to the busiest service: its places',
      limit: quota.partitionWrites,
      at: per(busiestService * placeItems * 2),
    },
    {
      what: 'Transactions on its counters, one after another',
      limit: 1000 / transactionMilliseconds,
      at: per(busiestService * placeMoves),
    },
    {
      what: 'Reads of the largest `AREA#area`',
      limit: quota.partitionReads,
      at: per(largestArea.share * matchings * Math.ceil((largestArea.services * pointerBytes) / 4096)),
    },
    { what: 'Reads of `CLIENT#id` of the one case system', limit: quota.partitionReads, at: per(requests) },
    {
      what: 'Index `TASKS#organisation#open` of the sender',
      limit: quota.partitionWrites,
      at: per(2 * footprint.sendersTasks),
    },
    { what: 'Index `REFERRALS#shard`', limit: quota.partitionWrites, at: per(1 / shardCount) },
    { what: 'Index `TASKS#open#shard`', limit: quota.partitionWrites, at: per((2 * footprint.tasks) / shardCount) },
    {
      what: 'Index `TASK#shard` of what is due',
      limit: quota.partitionWrites,
      at: per((4 * footprint.tasks) / shardCount),
    },
    {
      what: 'Index `EXECUTION#shard`',
      limit: quota.partitionWrites,
      at: per((2 * (footprint.executions + footprint.turns)) / shardCount),
    },
    { what: 'Index `EVENT#shard`', limit: quota.partitionWrites, at: per((2 * work.events) / shardCount) },
    {
      what: 'Writes to `FEED#organisation` of the sender',
      limit: quota.partitionWrites,
      at: per(2 * footprint.sendersPlaces * (1 + 1 / slice)),
    },
    {
      what: 'Transactions on its `COUNTER`, one after another',
      limit: 1000 / transactionMilliseconds,
      at: per(footprint.sendersPlaces / slice),
    },
    {
      what: 'Events a second through one shard of the stream',
      limit: (1000 / batchMilliseconds) * slice,
      at: (referrals) => (referrals * work.events) / Math.max(1, (referrals * writes) / quota.partitionWrites),
    },
    {
      what: 'Reminders and lapses a minute, by the sweeper',
      limit: (sweepSeconds * 1000) / sweptMilliseconds,
      at: per(60 * remindersEach),
    },
  ];
}

/** What the counted work comes to at a national load and at a hundred times that, beside what AWS allows. */
export function simulateScale(perReferral: PerReferral, unitsPerService: number): Section[] {
  const work = average(perReferral);
  return [peakSection(work, unitsPerService), openSection(work)];
}

function peakSection(work: Work, unitsPerService: number): Section {
  const [usual, large] = loads.map(peakOf) as [number, number];
  return {
    title: 'A national load and a hundred times that: the busiest hour',
    about: [
      `${thousands(loads[0])} and ${thousands(loads[1])} referrals a year, sent in ${hoursADay} hours of ${workingDays} working days; the busiest`,
      `hour has ${peakFactor} times the mean: ${usual.toFixed(2)} and ${large.toFixed(1)} referrals a second. Each takes what was counted above, with`,
      `${allocationsEach} allocations, ${offersEach} offers and ${sessionsEach} sessions for each; the directory has ${thousands(services)} services. Limits are those of one`,
      'partition (1,000 write or 3,000 read units a second, which nobody can raise), published defaults of an account',
      'that can be raised, or how often something can be done one after another. `test/bench/scale.ts` names every assumption.',
    ],
    columns: ['What', '>Limit', ...loads.map((load) => `>At ${thousands(load)}`), 'Verdict'],
    rows: lines(work, unitsPerService).map(({ what, limit, at }) => {
      const shown = (referrals: number): string => `${figure(at(referrals))} (${percent(at(referrals) / limit)})`;
      return [what, thousands(limit), shown(usual), shown(large), verdict(at(large) / limit, at(usual) / limit)];
    }),
  };
}

function verdict(large: number, usual: number): string {
  if (usual > 1) return 'FAILS';
  const most = thousands(Number((loads[1] / large).toPrecision(2)));
  if (large > 1) return `holds at the first; FAILS above ${most} a year`;
  return large > 0.7 ? `holds, tight: up to ${most} a year` : 'holds';
}

/** Executions that are open so many days after the first referral: those whose lifetime is not over yet. */
function openAfter(days: number, perYear: number): number {
  const each = lifetimes.reduce((sum, { share, days: life }) => {
    const lifecycle = Math.min(days, life);
    const delivery = Math.max(0, Math.min(days, life) - untilAllocated);
    return sum + share * (lifecycle + allocationsEach * delivery);
  }, 0);
  return (perYear / 365) * each;
}

function openSection(work: Work): Section {
  const longest = Math.max(...lifetimes.map(({ days }) => days));
  const steady = (perYear: number): number => openAfter(longest, perYear);
  const fullAfter = (perYear: number): string => {
    const day = Array.from({ length: longest + 1 }, (_, days) => days).find(
      (days) => openAfter(days, perYear) > quota.openExecutions,
    );
    return day === undefined ? 'never' : `after ${day} days`;
  };
  const row = (what: string, of: (perYear: number) => number) => [
    what,
    thousands(quota.openExecutions),
    ...loads.map((load) => `${thousands(Math.round(of(load)))} (${percent(of(load) / quota.openExecutions)})`),
  ];
  const starts = (perYear: number): number => peakOf(perYear) * (work.footprint.executions + work.footprint.turns);
  const most = Number(((loads[0] * quota.openExecutions) / steady(loads[0])).toPrecision(2));
  const meanDays = lifetimes.reduce((sum, { share, days }) => sum + share * days, 0);
  return {
    title: 'A national load and a hundred times that: open executions',
    about: [
      `A referral is open for ${meanDays.toFixed(0)} days in the mean (from two weeks to two years), and has one execution, and one for each`,
      'allocation; all of them parked nearly all of the time. The quota is of one account and region, and can be raised.',
      `It carries some ${thousands(most)} referrals a year for ever. The last two lines are for executions that end instead of parking and`,
      `are started again by what would wake them (\`docs/scale.md\`): ${figure(work.footprint.turns)} more starts for each referral, each open for ${briefSeconds} s.`,
    ],
    columns: ['What', '>Quota', ...loads.map((load) => `>At ${thousands(load)}`)],
    rows: [
      ...[30, 90, 180, 365].map((days) => row(`Open after ${days} days`, (load) => openAfter(days, load))),
      row('Open from then on, after two years', steady),
      ['The quota is reached', '', ...loads.map(fullAfter)],
      row('Open, if they ended instead of parking', (load) => starts(load) * briefSeconds),
      [
        '`StartExecution` a second then',
        thousands(quota.startsPerSecond),
        ...loads.map((load) => `${figure(starts(load))} (${percent(starts(load) / quota.startsPerSecond)})`),
      ],
    ],
  };
}

const thousands = (n: number): string => Math.round(n).toLocaleString('en');
const figure = (n: number): string => (n >= 100 ? thousands(n) : n >= 1 ? n.toFixed(1) : n.toPrecision(2));
const percent = (ratio: number): string =>
  ratio >= 0.1 ? `${thousands(100 * ratio)} %` : ratio >= 0.0005 ? `${(100 * ratio).toFixed(1)} %` : '0 %';
