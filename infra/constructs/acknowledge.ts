import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Answers findings of the rule packs (`infra/nag.ts`) on one construct, each with the reason why it stands. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** A role's one policy stands in the role: see ADR 0005. */
export const inlinePolicy = {
  'NIST.800.53.R5-IAMNoInlinePolicy':
    'The policy is this one role’s and is never shared: it is made, reviewed and deleted with the role (ADR 0005).',
};
