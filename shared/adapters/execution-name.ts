import type { ExecutionRef } from '../ports.ts';

/** One name per segment, so that Step Functions itself refuses a second start (architecture rule 5). */
export const executionName = ({ executionId, segment }: Pick<ExecutionRef, 'executionId' | 'segment'>): string =>
  `${executionId}-${segment}`;
