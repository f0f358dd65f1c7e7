import type { EndpointContract } from '../shared/contracts/endpoint.ts';

/** Every function: one per use case, named after its file, with the calls that it makes. Roles are made from this. */

export const machineNames = ['referral-lifecycle', 'allocation-delivery'] as const;
export type MachineName = (typeof machineNames)[number];

export const indexNames = ['owner', 'crn', 'work', 'all'] as const;
export type IndexName = (typeof indexNames)[number];

export type TableAction =
  | 'BatchGetItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

/** What the private table holds beside equality monitoring: each part under partition keys of its own. */
export type PrivatePart = 'person' | 'receipts' | 'tokens' | 'webhooks' | 'groups';

export interface Grants {
  record?: readonly TableAction[];
  /** Indexes of the record that it queries. */
  recordIndexes?: readonly IndexName[];
  /** Calls on the private table: never on equality monitoring. */
  private?: readonly TableAction[];
  /** The parts of it that they reach. Default: `person`, which lets a function see a person. */
  privateParts?: readonly (PrivatePart | 'equality')[];
  /** Calls on equality monitoring, which only its own two functions, the export and the removal may touch (ADR 11). */
  equality?: readonly TableAction[];
  /** Redeems task tokens. */
  sendTask?: true;
  startExecution?: readonly MachineName[];
  /** Asks how executions stand, lists those that ended badly, and stops what nobody can wake. */
  watchExecutions?: readonly MachineName[];
  putEvents?: true;
  /** Shows operations where executions are: it is told the machines' names and may do nothing with them. */
  showExecutions?: true;
}

export interface FunctionSpec {
  /** `functions/<folder>/<name>.ts`, and `referrals-<name>` when deployed. */
  name: string;
  folder: 'api' | 'tasks' | 'events';
  grants: Grants;
  /** Megabytes; more memory is also more processor. */
  memory?: number;
  /** Seconds. */
  timeout?: number;
  /** It decides when an execution hands over (`SEGMENT_PASSES`, `DEFINITION_RELEASE`). */
  countsPasses?: true;
  /** It decides until when a draft is kept (`DRAFT_DAYS`). */
  keepsDrafts?: true;
  /** It reminds of appointments (`REMINDER_HOURS`). */
  reminds?: true;
  /** It ranks services and offers by a policy that a deployment may set (`MATCHING_WEIGHTS`, `PARALLEL_OFFERS`). */
  ranks?: true;
  /** It tells figures of people, if there are enough of them (`MINIMUM_GROUP`). */
  tellsFigures?: true;
  /** It removes what is held on a person when its period is over (`RETENTION_MONTHS`). */
  removesRecords?: true;
  /** It takes or calls receivers' addresses, or their secrets (`WEBHOOKS_ON_LOOPBACK`, `WEBHOOK_OVERLAP_HOURS`). */
  handlesWebhooks?: true;
}

/** Serves the descriptions of the API and the events, made at synthesis. */
export const API_DESCRIPTION = 'get-api-description';

/** Answers whatever no route matches, as a problem. */
export const UNKNOWN_ROUTE = 'unknown-route';

/** The function behind an endpoint: several endpoints may share one. */
export const servedBy = (endpoint: EndpointContract): string => endpoint.servedBy ?? endpoint.name;

/** Whatever it does for a caller, a function first looks up who that is: `GetItem`. */
const reads: Grants = { record: ['GetItem'], private: ['GetItem'] };
const lists: Grants = { record: ['GetItem', 'Query'] };

/** A command: reads, one transaction over both tables, then the redemption of what it decided. */
const unkeyedCommand: Grants = {
  record: ['GetItem', 'PutItem', 'UpdateItem'],
  private: ['GetItem', 'PutItem'],
  privateParts: ['person', 'tokens'],
  sendTask: true,
};
/** A command that takes an idempotency key, whose receipt is part of its transaction. */
const command: Grants = { ...unkeyedCommand, privateParts: ['person', 'receipts', 'tokens'] };
/** A command that may free a place or leave a line: each is an item of its own. */
const freeing: Grants = { ...command, record: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'] };
/** A command that may name a service, and looks whether there is one. */
const namingService: Grants = {
  ...freeing,
  record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
};
/** A command that also starts executions where they are missing. */
const restarting: Grants = { ...unkeyedCommand, startExecution: machineNames };

/** What the functions behind the API call. */
const apiGrants: Readonly<Record<string, Grants>> = {
  [UNKNOWN_ROUTE]: {},
  [API_DESCRIPTION]: {},

  'get-catalogue': { record: ['GetItem'] },
  'get-service': { record: ['BatchGetItem', 'GetItem', 'Query'] },
  'list-services': { record: ['BatchGetItem', 'GetItem', 'Query'], recordIndexes: ['owner'] },
  'list-service-changes': { record: ['BatchGetItem', 'GetItem', 'Query'] },
  'put-service': { record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem'] },
  'state-availability': { record: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'] },
  'check-eligibility': { record: ['BatchGetItem', 'GetItem', 'Query'] },

  // Nothing waits for a referral that is only being sent, so there is no token to redeem.
  'send-referral': {
    record: ['BatchGetItem', 'GetItem', 'PutItem'],
    recordIndexes: ['crn'],
    private: ['GetItem', 'PutItem'],
    privateParts: ['person', 'receipts'],
  },
  'change-draft': {
    record: ['GetItem', 'PutItem', 'UpdateItem'],
    private: ['GetItem', 'PutItem'],
    privateParts: ['person', 'receipts'],
  },
  'submit-draft': {
    record: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
    recordIndexes: ['crn'],
    private: ['GetItem', 'PutItem'],
    privateParts: ['person', 'receipts'],
  },
  'get-referral': { ...lists, private: ['GetItem'], showExecutions: true },
  'get-referral-history': lists,
  'list-clocks': { record: ['BatchGetItem', 'GetItem', 'Query'] },
  'list-referrals': { record: ['BatchGetItem', 'GetItem'], recordIndexes: ['all', 'crn', 'owner', 'work'] },
  'amend-referral': freeing,
  'pause-referral': freeing,
  'resume-referral': command,
  // A draft that is withdrawn goes with all that it held of the person, unless a legal hold keeps it.
  'withdraw-referral': { ...freeing, private: ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem'] },
  'change-running-referral': namingService,
  'reopen-referral': {
    ...command,
    record: ['GetItem', 'PutItem', 'Query', 'UpdateItem'],
    startExecution: machineNames,
    showExecutions: true,
  },
  // Whether a provider was ever asked stands in the history.
  'report-risk': { ...command, record: ['GetItem', 'PutItem', 'Query', 'UpdateItem'] },
  'list-rankings': { record: ['BatchGetItem', 'GetItem', 'Query'], private: ['GetItem'] },
  'list-risk-reports': { record: ['GetItem'], private: ['Query'] },
  'send-message': command,
  'read-message': unkeyedCommand,
  'list-messages': { ...lists, private: ['GetItem'] },
  'get-equality-monitoring': { record: ['GetItem'], equality: ['GetItem'] },
  'put-equality-monitoring': { record: ['ConditionCheckItem', 'GetItem'], equality: ['PutItem'] },

  // What was reported of a risk is several items.
  'get-task': { ...reads, private: ['GetItem', 'Query'] },
  'list-tasks': { record: ['BatchGetItem', 'GetItem'], recordIndexes: ['all', 'owner'] },
  'respond-to-task': { ...namingService, privateParts: ['person', 'tokens'] },

  'get-allocation': reads,
  'get-action-plan': reads,
  'get-end-of-service-report': reads,
  'list-appointments': { ...lists, private: ['GetItem'] },
  'list-sessions': lists,
  'list-case-notes': { record: ['GetItem'], private: ['Query'] },
  'write-case-note': command,
  'list-onward-links': { ...lists, private: ['GetItem'] },
  'make-onward-link': command,
  'follow-up-onward-link': command,
  'accept-engagement': command,
  'assign-caseworker': command,
  // A seat in a group session tells where that takes place.
  'book-appointment': { ...command, privateParts: ['person', 'receipts', 'tokens', 'groups'] },
  'cancel-appointment': command,
  'change-appointment': command,
  'complete-delivery': freeing,
  'put-action-plan': command,
  'put-end-of-service-report': command,
  'record-feedback': command,
  'submit-action-plan': command,
  'submit-end-of-service-report': command,

  // Of group sessions: where they take place, and nothing of a person.
  'list-group-sessions': {
    record: ['BatchGetItem', 'GetItem'],
    recordIndexes: ['owner'],
    private: ['GetItem'],
    privateParts: ['groups'],
  },
  'plan-group-session': {
    record: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
    private: ['GetItem', 'PutItem'],
    privateParts: ['groups', 'receipts'],
  },

  'list-events': { record: ['BatchGetItem', 'GetItem', 'Query'] },

  // A secret is read only to be rotated and by the function that signs.
  'list-webhooks': { record: ['BatchGetItem', 'GetItem'], recordIndexes: ['owner'] },
  'get-webhook': { record: ['GetItem'] },
  'put-webhook': {
    record: ['GetItem', 'PutItem', 'UpdateItem'],
    private: ['PutItem'],
    privateParts: ['webhooks'],
  },
  'rotate-webhook-secret': {
    record: ['GetItem', 'UpdateItem'],
    private: ['GetItem', 'PutItem'],
    privateParts: ['webhooks'],
  },
  'remove-webhook': {
    record: ['DeleteItem', 'GetItem', 'Query', 'UpdateItem'],
    private: ['DeleteItem'],
    privateParts: ['webhooks'],
  },
  'list-dead-letters': lists,
  'replay-dead-letters': { record: ['GetItem', 'UpdateItem'] },

  // All that is held on one person, equality monitoring too: to read, and a line in each history that it was (ADR 24).
  'make-record-export': {
    record: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
    private: ['GetItem', 'Query'],
    equality: ['Query'],
  },

  'put-legal-hold': { record: ['GetItem'], private: ['DeleteItem', 'GetItem', 'PutItem'] },

  redrive: restarting,
  release: unkeyedCommand,
  // It marks events; only the publisher sends them.
  republish: {
    record: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    recordIndexes: ['work'],
    private: ['PutItem'],
  },
};

/**
 * A command that a machine gives also checks that its execution is still the current one. It wakes nothing: the
 * execution goes on by itself.
 */
const taskFunctions: readonly FunctionSpec[] = [
  { name: 'look', folder: 'tasks', grants: { record: ['GetItem', 'UpdateItem'] }, countsPasses: true },
  {
    name: 'recommend-complexity',
    folder: 'tasks',
    // The answers that a level follows from are the person's, and so is the explanation.
    grants: { record: ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem'], private: ['GetItem', 'PutItem'] },
  },
  {
    name: 'make-offers',
    folder: 'tasks',
    grants: {
      record: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      private: ['GetItem'],
    },
    timeout: 30,
    ranks: true,
  },
  {
    name: 'park',
    folder: 'tasks',
    grants: { record: ['GetItem'], private: ['PutItem'], privateParts: ['tokens'], sendTask: true },
  },
  { name: 'renew', folder: 'tasks', grants: { record: ['GetItem', 'UpdateItem'], startExecution: machineNames } },
];

const eventFunctions: readonly FunctionSpec[] = [
  {
    name: 'publish-events',
    folder: 'events',
    grants: { record: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'], putEvents: true },
    timeout: 30,
  },
  {
    name: 'start-executions',
    folder: 'events',
    grants: { record: ['GetItem', 'UpdateItem'], startExecution: machineNames },
  },
  {
    name: 'sweep',
    folder: 'events',
    grants: {
      record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      recordIndexes: ['owner', 'work'],
      // What an abandoned draft held of the person, unless a legal hold keeps it.
      private: ['ConditionCheckItem', 'DeleteItem', 'GetItem'],
      privateParts: ['person', 'tokens'],
      sendTask: true,
      startExecution: machineNames,
    },
    timeout: 55,
    reminds: true,
    ranks: true,
  },
  {
    name: 'place-waiting',
    folder: 'events',
    // An offer is matched to the person, as any other; no execution waits for it.
    grants: {
      record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      private: ['GetItem'],
    },
    timeout: 55,
    ranks: true,
  },
  {
    name: 'remove-records',
    folder: 'events',
    // Deletes, and rewrites what names the person; each transaction looks for a legal hold first.
    grants: {
      record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      recordIndexes: ['work'],
      // One transaction deletes of both, so both stand in one statement (ADR 11).
      private: ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'Query'],
      privateParts: ['person', 'equality'],
    },
    timeout: 55,
    removesRecords: true,
  },
  {
    name: 'follow-group-sessions',
    folder: 'events',
    // Each appointment's command, for which no execution waits.
    grants: {
      record: ['GetItem', 'PutItem', 'UpdateItem'],
      recordIndexes: ['work'],
      private: ['GetItem', 'PutItem'],
      privateParts: ['person', 'groups'],
    },
    timeout: 55,
  },
  { name: 'note-failed-execution', folder: 'events', grants: { record: ['GetItem', 'PutItem', 'UpdateItem'] } },
  {
    name: 'reconcile',
    folder: 'events',
    // Of the private table it reads which execution a token belongs to: never a person.
    grants: {
      record: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      recordIndexes: ['all', 'owner'],
      private: ['BatchGetItem', 'GetItem'],
      privateParts: ['tokens'],
      sendTask: true,
      startExecution: machineNames,
      watchExecutions: machineNames,
    },
    memory: 1769,
    timeout: 58,
  },
  {
    name: 'deliver-webhooks',
    folder: 'events',
    grants: {
      record: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      recordIndexes: ['owner'],
      // The secrets to sign with: of a person it is told no more than the events say.
      private: ['GetItem'],
      privateParts: ['webhooks'],
    },
    timeout: 55,
    handlesWebhooks: true,
  },
];

/** What a machine invokes, and so all that its role may invoke. */
export const machineSteps = {
  'referral-lifecycle': ['look', 'recommend-complexity', 'make-offers', 'park', 'renew'],
  'allocation-delivery': ['look', 'park', 'renew'],
} as const satisfies Record<MachineName, readonly string[]>;

const draftKeepers = ['change-draft', 'send-referral'];
const figureTellers = ['get-service'];
const webhookHandlers = ['put-webhook', 'rotate-webhook-secret'];

export function allFunctions(endpoints: readonly EndpointContract[]): FunctionSpec[] {
  const served = new Set([UNKNOWN_ROUTE, ...endpoints.map(servedBy)]);
  const api = [...served].map((name): FunctionSpec => {
    const grants = apiGrants[name];
    if (!grants) throw new Error(`infra/functions.ts does not say what the function ${name} calls.`);
    return {
      name,
      folder: 'api',
      grants,
      ...(draftKeepers.includes(name) && { keepsDrafts: true }),
      ...(figureTellers.includes(name) && { tellsFigures: true }),
      ...(webhookHandlers.includes(name) && { handlesWebhooks: true }),
    };
  });
  return [...api, ...taskFunctions, ...eventFunctions];
}
