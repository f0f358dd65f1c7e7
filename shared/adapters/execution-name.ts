import type { ExecutionRef } from '../ports.ts';

/** One name per segment, so that Step Functions itself refuses a second start (architecture rule 5). */
export const executionName = ({ executionId, segment }: Pick<ExecutionRef, 'executionId' | 'segment'>): string =>
  `${executionId}-${segment}`;

/** The inverse: which execution, and which of its segments, a name stands for. */
export function executionOfName(name: string): Pick<ExecutionRef, 'executionId' | 'segment'> {
  const at = name.lastIndexOf('-');
  return { executionId: name.slice(0, at), segment: Number(name.slice(at + 1)) };
}
