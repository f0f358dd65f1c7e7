import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { takeUnits } from '../../shared/adapters/dynamo.ts';

/** Logs carry ids and codes: never a body, a token or a name (architecture rule 6). */
export const logger = new Logger();

/** What one invocation was about, for its one line in the log. */
let about: Record<string, string | number> = {};
export const note = (facts: Record<string, string | number | undefined>): void => {
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) about[name] = value;
};

/** One line per invocation: what it was about, how it came out, how long it took and what it cost. */
export const observe = (name: string): MiddlewareObj<unknown, unknown, Error, Context> => {
  let startedAt = 0;
  const finish = (outcome: string | number): void => {
    const { read: readUnits, write: writeUnits, items } = takeUnits();
    const milliseconds = Math.round(performance.now() - startedAt);
    logger.info('invocation', { function: name, outcome, milliseconds, readUnits, writeUnits, items, ...about });
  };
  return {
    before: ({ context }) => {
      startedAt = performance.now();
      about = {};
      takeUnits();
      logger.addContext(context);
    },
    after: ({ response }) => finish(statusOf(response)),
    onError: ({ response, error }) => finish(response === undefined ? (error?.name ?? 'Error') : statusOf(response)),
  };
};

const statusOf = (response: unknown): string | number =>
  typeof response === 'object' && response !== null && 'statusCode' in response ? Number(response.statusCode) : 'ok';
