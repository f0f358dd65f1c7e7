import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** Where the runbook stands; an alarm's entry has the alarm's name as its heading. */
const RUNBOOK = 'docs/runbook.md';

/** A condition that someone must act on: what it does to people, and the first thing to do. */
export interface AlarmSpec {
  /** Kebab-case; the heading of its entry in the runbook. */
  name: string;
  impact: string;
  action: string;
  metric: IMetric;
  /** Alarms above it, unless `comparison` says otherwise. */
  threshold: number;
  comparison?: ComparisonOperator;
  /** Periods in a row. Default 1. */
  periods?: number;
  /** Default: no data is no trouble. */
  missingData?: TreatMissingData;
  /** Computed from several metrics, which the local AWS refuses: left out there. */
  computed?: true;
}

export const alarmDescription = ({ name, impact, action }: AlarmSpec): string =>
  `Impact: ${impact} Action: ${action} Runbook: ${RUNBOOK}#${name}`;
