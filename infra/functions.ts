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

export interface Grants {
  record?: readonly TableAction[];
  /** Indexes of the record that it queries. */
  recordIndexes?: readonly IndexName[];
  /** A grant here lets a function see a person. */
  private?: readonly TableAction[];
  /** Redeems task tokens. */
  sendTask?: true;
  startExecution?: readonly MachineName[];
  putEvents?: true;
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
  /** It counts an execution's passes (`SEGMENT_PASSES`). */
  countsPasses?: true;
}

/** Serves the descriptions of the API and the events, made at synthesis. */
export const API_DESCRIPTION = 'get-api-description';

/** Answers whatever no route matches, as a problem. */
export const UNKNOWN_ROUTE = 'unknown-route';

/** Asks the registry who the caller is, and nothing else. */
const knowsCaller: Grants = { record: ['GetItem'] };

const reads: Grants = {
  record: ['GetItem', 'Query', 'BatchGetItem'],
  recordIndexes: ['owner', 'crn'],
  private: ['GetItem', 'BatchGetItem'],
};

/** A command: one transaction over both tables, then the redemption of what it decided. */
const commands: Grants = {
  record: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
  private: ['GetItem', 'PutItem'],
  sendTask: true,
};

/** Grants of the functions behind the API that are not simply `reads` (GET) or `commands` (the rest). */
const apiGrants: Record<string, Grants> = {
  [UNKNOWN_ROUTE]: {},
  [API_DESCRIPTION]: {},
  redrive: { ...commands, startExecution: machineNames },
};

const taskFunctions: readonly FunctionSpec[] = [
  { name: 'look', folder: 'tasks', grants: { record: ['GetItem', 'Query'] }, countsPasses: true },
  { name: 'recommend-complexity', folder: 'tasks', grants: commands },
  { name: 'make-offers', folder: 'tasks', grants: commands, timeout: 30 },
  { name: 'park', folder: 'tasks', grants: { record: ['GetItem'], private: ['PutItem'], sendTask: true } },
  { name: 'renew', folder: 'tasks', grants: { ...commands, startExecution: machineNames } },
];

const eventFunctions: readonly FunctionSpec[] = [
  {
    name: 'publish-events',
    folder: 'events',
    grants: { record: ['GetItem', 'PutItem', 'UpdateItem'], putEvents: true },
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
    grants: { ...commands, recordIndexes: ['work'], startExecution: machineNames },
    timeout: 55,
  },
  { name: 'note-failed-execution', folder: 'events', grants: { record: ['GetItem', 'PutItem', 'UpdateItem'] } },
];

/** What a machine invokes, and so all that its role may invoke. */
export const machineSteps = {
  'referral-lifecycle': ['look', 'recommend-complexity', 'make-offers', 'park', 'renew'],
  'allocation-delivery': ['look', 'park', 'renew'],
} as const satisfies Record<MachineName, readonly string[]>;

/** The function behind an endpoint: several endpoints may share one. */
export const servedBy = (endpoint: EndpointContract & { servedBy?: string }): string =>
  endpoint.servedBy ?? endpoint.name;

export function allFunctions(endpoints: readonly EndpointContract[]): FunctionSpec[] {
  const api = new Map<string, FunctionSpec>([
    [UNKNOWN_ROUTE, { name: UNKNOWN_ROUTE, folder: 'api', grants: apiGrants[UNKNOWN_ROUTE] ?? knowsCaller }],
  ]);
  for (const endpoint of endpoints) {
    const name = servedBy(endpoint);
    const grants = apiGrants[name] ?? (endpoint.method === 'GET' ? reads : commands);
    api.set(name, { name, folder: 'api', grants });
  }
  return [...api.values(), ...taskFunctions, ...eventFunctions];
}
