import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { definitionRelease } from '../../shared/contracts/workflow.ts';
import type { Config } from '../config.ts';
import type { FunctionSpec } from '../functions.ts';
import { machineArn, type Reach, statementsFor } from './grants.ts';
import { type LogSettings, serviceLog } from './service-log.ts';
import { UseCaseFunction } from './use-case-function.ts';

/** The system's name in logs and the namespace of its own metrics. */
export const SERVICE_NAME = 'referrals';
export const METRICS_NAMESPACE = 'Referrals';
/** Where all functions behind the API log; each line names the function that wrote it (ADR 29). */
const API_LOG = `/aws/lambda/${SERVICE_NAME}-api`;

export interface FunctionsProps {
  specs: readonly FunctionSpec[];
  code: (spec: FunctionSpec) => Code;
  config: Config;
  reach: Reach;
  logs: LogSettings;
  /** Of the functions that are invoked without anyone waiting, by name. */
  deadLetters: Record<string, IQueue>;
  /** What AWS does in a function's name beyond what the function calls itself. */
  extraStatements: Record<string, PolicyStatement[]>;
}

/** Every function of the manifest. */
export class Functions extends Construct {
  readonly #functions: ReadonlyMap<string, LambdaFunction>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { specs, code, config, reach, logs, deadLetters, extraStatements } = props;
    const apiLog = serviceLog(this, 'ApiLog', API_LOG, logs);
    this.#functions = new Map(
      specs.map((spec) => {
        const deadLetterQueue = deadLetters[spec.name];
        const { lambda } = new UseCaseFunction(this, spec.name, {
          spec,
          code: code(spec),
          environment: this.#environment(spec, config, reach),
          statements: [...statementsFor(this, spec.grants, reach), ...(extraStatements[spec.name] ?? [])],
          logs,
          ...(spec.folder === 'api' && { sharedLog: apiLog }),
          trace: !config.local,
          ...(deadLetterQueue && { deadLetters: deadLetterQueue }),
        });
        return [spec.name, lambda];
      }),
    );
  }

  named(name: string): LambdaFunction {
    const found = this.#functions.get(name);
    if (!found) throw new Error(`No function is called ${name}.`);
    return found;
  }

  /** A function is told only of what it may touch. */
  #environment(
    {
      folder,
      grants,
      countsPasses,
      keepsDrafts,
      reminds,
      ranks,
      tellsFigures,
      handlesWebhooks,
      removesRecords,
    }: FunctionSpec,
    config: Config,
    reach: Reach,
  ): Record<string, string> {
    return {
      POWERTOOLS_SERVICE_NAME: SERVICE_NAME,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      LOG_LEVEL: config.logs.level,
      CLOCK: config.local ? 'stored' : 'system',
      ...(grants.record && { RECORD_TABLE: reach.record.tableName }),
      ...((grants.private || grants.equality) && { PRIVATE_TABLE: reach.private.tableName }),
      ...(grants.putEvents && { EVENT_BUS_NAME: reach.bus.eventBusName }),
      ...((grants.startExecution || grants.showExecutions) && {
        LIFECYCLE_ARN: machineArn(this, 'referral-lifecycle'),
        DELIVERY_ARN: machineArn(this, 'allocation-delivery'),
      }),
      ...(folder === 'api' && { CLIENT_ID_CLAIM: config.clientClaim }),
      ...(grants.watchExecutions && { RECONCILE_MINUTES: String(config.reconcileMinutes) }),
      ...(keepsDrafts && { DRAFT_DAYS: String(config.draftDays) }),
      ...(reminds && { REMINDER_HOURS: String(config.reminderHours) }),
      ...(ranks && config.matchingWeights && { MATCHING_WEIGHTS: JSON.stringify(config.matchingWeights) }),
      ...(ranks && config.parallelOffers && { PARALLEL_OFFERS: JSON.stringify(config.parallelOffers) }),
      ...(tellsFigures && { MINIMUM_GROUP: String(config.minimumGroup) }),
      ...(removesRecords && { RETENTION_MONTHS: String(config.retentionMonths) }),
      ...(handlesWebhooks && {
        WEBHOOK_OVERLAP_HOURS: String(config.webhookOverlapHours),
        WEBHOOKS_ON_LOOPBACK: String(config.local !== undefined),
      }),
      ...(countsPasses && { DEFINITION_RELEASE: String(definitionRelease) }),
      ...(countsPasses && config.segmentPasses && { SEGMENT_PASSES: String(config.segmentPasses) }),
    };
  }
}
