import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { Config } from '../config.ts';
import { BusConsumer } from '../constructs/bus-consumer.ts';
import { deadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { everyHour, everyMinute } from '../constructs/every-minute.ts';
import { Functions } from '../constructs/functions.ts';
import { Identity } from '../constructs/identity.ts';
import { feedOutbox, promptNotices, streamStatements } from '../constructs/outbox-publisher.ts';
import { ReferralsApi } from '../constructs/referrals-api.ts';
import { serviceKey } from '../constructs/service-key.ts';
import { Workflow } from '../constructs/workflow.ts';
import {
  API_DESCRIPTION,
  allFunctions,
  type FunctionSpec,
  type MachineName,
  machineNames,
  machineSteps,
} from '../functions.ts';
import { Monitoring } from '../monitoring/monitoring.ts';
import type { StateStack } from './state-stack.ts';

/** A workflow's definition, from its steps' functions by name. */
type Definition = (scope: Construct, steps: Record<string, IFunction>) => IChainable;

export interface ServiceStackProps extends StackProps {
  config: Config;
  state: StateStack;
  endpoints: readonly EndpointContract[];
  definitions: Record<MachineName, Definition>;
  code: (spec: FunctionSpec) => Code;
}

/** Functions that nobody waits for: what they cannot do goes to a dead-letter queue of their own. */
const unattended = [
  'publish-events',
  'start-executions',
  'place-waiting',
  'sweep',
  'remove-records',
  'note-failed-execution',
  'reconcile',
  'follow-group-sessions',
  'deliver-webhooks',
] as const;
type Unattended = (typeof unattended)[number];

/** Events by which a place may have come free (`functions/events/place-waiting.ts`). */
const freesPlaces = [
  'offer.declined.v1',
  'offer.lapsed.v1',
  'offer.withdrawn.v1',
  'allocation.ended.v1',
  'service.published.v1',
  'service.changed.v1',
  'capacity.stated.v1',
  'capacity.repaired.v1',
];

/** Everything that can be replaced at any time: the API, the functions, the workflows and what watches them. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { config, state, endpoints, definitions, code } = props;
    const key = serviceKey(this, 'Key', { keep: !config.local });
    const logs = { key, retentionDays: config.logs.retentionDays };

    const deadLetters = Object.fromEntries(
      unattended.map((name) => [
        name,
        deadLetterQueue(this, `DeadLetters-${name}`, name, { local: Boolean(config.local) }),
      ]),
    ) as Record<Unattended, Queue>;
    const specs = allFunctions(endpoints);
    const functions = new Functions(this, 'Functions', {
      specs,
      code,
      config,
      reach: { record: state.record, private: state.private, tableKey: state.key, bus: state.bus, executionKey: key },
      logs,
      deadLetters,
      extraStatements: {
        'publish-events': streamStatements(state.record, state.key),
        'deliver-webhooks': streamStatements(state.record, state.key),
      },
    });

    const machines = machineNames.map((name) => {
      const steps = Object.fromEntries(machineSteps[name].map((step) => [step, functions.named(step)]));
      const { machine } = new Workflow(this, name, {
        name,
        definition: (within) => definitions[name](within, steps),
        invokes: Object.values(steps),
        key,
        logs,
        trace: !config.local,
      });
      return { name, machine };
    });

    feedOutbox(functions.named('publish-events'), state.record, deadLetters['publish-events']);
    const starts = new BusConsumer(this, 'Starts', {
      bus: state.bus,
      description: 'Starts the execution of a referral that was sent and of an allocation that began.',
      pattern: { source: ['referrals'], detailType: ['referral.sent.v1', 'allocation.started.v1'] },
      consumer: functions.named('start-executions'),
      deadLetters: deadLetters['start-executions'],
    });
    new BusConsumer(this, 'FreePlaces', {
      bus: state.bus,
      description: 'Offers a place that came free to the first in line for it.',
      pattern: { source: ['referrals'], detailType: freesPlaces },
      consumer: functions.named('place-waiting'),
      deadLetters: deadLetters['place-waiting'],
    });
    new BusConsumer(this, 'GroupSessions', {
      bus: state.bus,
      description: 'Has the appointments in a group session follow it, and a paused referral give its seats back.',
      pattern: {
        source: ['referrals'],
        detailType: ['group-session.rescheduled.v1', 'group-session.cancelled.v1', 'referral.paused.v1'],
      },
      consumer: functions.named('follow-group-sessions'),
      deadLetters: deadLetters['follow-group-sessions'],
    });
    new BusConsumer(this, 'Failures', {
      description: 'Notes on the referral that its execution failed, so that operations see it.',
      pattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: machines.map(({ machine }) => machine.stateMachineArn),
        },
      },
      consumer: functions.named('note-failed-execution'),
      deadLetters: deadLetters['note-failed-execution'],
    });
    // Deadlines fall due, and what a crash left undone is done (rules 3 to 5).
    everyMinute(this, 'Sweep', {
      run: functions.named('sweep'),
      description: 'Runs the sweeper: reminders, lapses, overdue redemptions, missing executions, unpublished events.',
      deadLetters: deadLetters.sweep,
    });
    everyMinute(this, 'Reconcile', {
      run: functions.named('reconcile'),
      description: 'Runs the reconciler: the record against executions, tasks, tokens and places (ADR 25).',
      deadLetters: deadLetters.reconcile,
    });
    everyHour(this, 'Removal', {
      run: functions.named('remove-records'),
      description: 'Removes what is held on people whose period is over.',
      deadLetters: deadLetters['remove-records'],
    });
    everyMinute(this, 'GroupSessionsLeft', {
      run: functions.named('follow-group-sessions'),
      description: 'Has appointments follow their group sessions that were left behind.',
      deadLetters: deadLetters['follow-group-sessions'],
    });
    promptNotices(functions.named('deliver-webhooks'), state.record, deadLetters['deliver-webhooks']);
    everyMinute(this, 'Notices', {
      run: functions.named('deliver-webhooks'),
      description: 'Tells subscribed systems what they have not been told or have not taken.',
      deadLetters: deadLetters['deliver-webhooks'],
    });

    const identity = this.#identity(config);
    const { api, accessLog } = new ReferralsApi(this, 'Api', {
      endpoints,
      functionNamed: (name) => functions.named(name),
      issuer: identity.issuer,
      audiences: identity.audiences,
      clientClaim: config.clientClaim,
      throttle: config.throttle,
      logs,
    });
    new Monitoring(this, 'Monitoring', {
      watched: {
        api,
        accessLog,
        functionNamed: (name) => functions.named(name),
        background: specs.filter(({ folder }) => folder !== 'api').map(({ name }) => name),
        machines,
        tables: [
          { name: 'record', table: state.record },
          { name: 'private', table: state.private },
        ],
        deadLetters,
        starts: { ruleName: starts.rule.ruleName, eventBusName: state.bus.eventBusName },
      },
      key,
      email: config.alarmEmail,
      local: Boolean(config.local),
    });

    const apiUrl = config.local ? `${config.local.endpoint}/_aws/execute-api/${api.apiId}` : api.apiEndpoint;
    functions.named(API_DESCRIPTION).addEnvironment('API_URL', apiUrl).addEnvironment('TOKEN_URL', identity.tokenUrl);

    const outputs = {
      ApiId: api.apiId,
      ApiUrl: apiUrl,
      RecordTableName: state.record.tableName,
      PrivateTableName: state.private.tableName,
      EventBusName: state.bus.eventBusName,
      SweeperFunctionName: functions.named('sweep').functionName,
      ReconcilerFunctionName: functions.named('reconcile').functionName,
      ...identity.outputs,
      ...Object.fromEntries(machines.map(({ name, machine }) => [machineOutput(name), machine.stateMachineArn])),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** Who vouches for callers, as the API needs to know it. */
  #identity({ identity, local }: Config): Issuer & { outputs: Record<string, string> } {
    if (identity.kind === 'openid') return { ...identity, outputs: { TokenUrl: identity.tokenUrl } };
    const { pool, issuer, clients, ...cognito } = new Identity(this, 'Identity', {
      clients: identity.clients,
      domainPrefix: identity.domainPrefix,
      keep: !local,
    });
    const ids = new Map([...clients].map(([name, client]) => [name, client.userPoolClientId]));
    const tokenUrl = local ? `${local.endpoint}/oauth2/token` : cognito.tokenUrl;
    return {
      issuer,
      tokenUrl,
      audiences: ids.size > 0 ? [...ids.values()] : [NOBODY],
      outputs: {
        UserPoolId: pool.userPoolId,
        TokenUrl: tokenUrl,
        ClientIds: this.toJsonString(Object.fromEntries(ids)),
      },
    };
  }
}

interface Issuer {
  issuer: string;
  tokenUrl: string;
  audiences: readonly string[];
}

/** While no client is registered, the API accepts nobody's token. */
const NOBODY = 'no-client-is-registered';

/** `StateMachineReferralLifecycleArn` and the like. */
const machineOutput = (name: MachineName): string =>
  `StateMachine${name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Arn`;
