import type { EndpointContract } from '../endpoint.ts';
import * as actionPlans from './action-plans.ts';
import * as allocations from './allocations.ts';
import * as appointments from './appointments.ts';
import * as caseNotes from './case-notes.ts';
import * as catalogue from './catalogue.ts';
import * as changes from './changes.ts';
import * as description from './description.ts';
import * as eligibility from './eligibility.ts';
import * as endOfServiceReports from './end-of-service-reports.ts';
import * as equalityMonitoring from './equality-monitoring.ts';
import * as events from './events.ts';
import * as groupSessions from './group-sessions.ts';
import * as messages from './messages.ts';
import * as onwardLinks from './onward-links.ts';
import * as operations from './operations.ts';
import * as rankings from './rankings.ts';
import * as records from './records.ts';
import * as referrals from './referrals.ts';
import * as riskReports from './risk-reports.ts';
import * as services from './services.ts';
import * as tasks from './tasks.ts';
import * as webhooks from './webhooks.ts';

/** Every route by the name of its contract. Not for functions: their bundles carry only their own. */
export const endpoints = {
  ...description,
  ...catalogue,
  ...services,
  ...eligibility,
  ...referrals,
  ...changes,
  ...rankings,
  ...riskReports,
  ...messages,
  ...equalityMonitoring,
  ...tasks,
  ...allocations,
  ...appointments,
  ...groupSessions,
  ...actionPlans,
  ...endOfServiceReports,
  ...caseNotes,
  ...onwardLinks,
  ...events,
  ...webhooks,
  ...operations,
  ...records,
} as const;

export const allEndpoints: readonly EndpointContract[] = Object.values(endpoints);
