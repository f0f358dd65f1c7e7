import { Metrics } from '@aws-lambda-powertools/metrics';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Reconciled, reconcile } from '../../functions/events/reconcile.ts';
import { startExecutions } from '../../functions/events/start-executions.ts';
import { sweep } from '../../functions/events/sweep.ts';
import type { ReconcilePorts } from '../../functions/middleware/reconciler.ts';
import { look } from '../../functions/tasks/look.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { park } from '../../functions/tasks/park.ts';
import { recommendComplexity } from '../../functions/tasks/recommend-complexity.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { allocations } from '../../shared/adapters/allocations.ts';
import { executions as executionsOf } from '../../shared/adapters/executions.ts';
import { machines } from '../../shared/adapters/machines.ts';
import { reconciliation } from '../../shared/adapters/reconciliation.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { definitionRelease } from '../../shared/contracts/workflow.ts';
import { lambdaContext } from './lambda-context.ts';
import { StepFunctions } from './step-functions.ts';
import { Town } from './town.ts';

const minute = 60_000;

/** A town whose executions run: the machines as they are deployed, over the adapters' own writes. */
export class RunningTown extends Town {
  readonly stepFunctions = new StepFunctions(
    (name, payload) => this.#tasks[name]?.(payload, lambdaContext) ?? Promise.reject(new Error(name)),
    () => this.now,
  );
  /** All that the reconciler has found. */
  readonly found: Reconciled = { healed: {}, raised: {}, failed: 0, left: {} };

  override process(client: DynamoDBDocumentClient = this.tables.client) {
    const ports = super.process(client);
    const executions = executionsOf({ client, clock: this.clock, sfn: this.stepFunctions.client });
    return {
      ...ports,
      executions,
      referrals: referralsOf({ client, clock: this.clock, executions, newId: this.newId }),
    };
  }

  get #tasks(): Record<string, (event: unknown, context: typeof lambdaContext) => Promise<unknown>> {
    const ports = this.process();
    return {
      'referrals-look': look(ports, { mostPasses: 400, release: definitionRelease }),
      'referrals-park': park(ports),
      'referrals-make-offers': makeOffers(ports),
      'referrals-recommend-complexity': recommendComplexity(ports),
      'referrals-renew': renew(ports),
    };
  }

  /** What has begun is started from its event, and runs. */
  async runs(): Promise<void> {
    const ports = this.process();
    for (const event of this.tables.all('record')) {
      if (!event.workKey || !/^(referral\.sent|allocation\.started)/.test(String(event.type))) continue;
      await startExecutions(ports)({ detail: event } as never, lambdaContext);
      this.forget(event);
    }
    await this.stepFunctions.settle();
  }

  /** A minute goes by, with what is done every minute. */
  async minute(): Promise<void> {
    this.now = new Date(this.now.getTime() + minute);
    const ports = this.process();
    // The sweeper comes to each service in its turn, once in a day and a half: that is no part of what is shown here.
    const places = { ...ports.places, nextInTurn: async () => [] };
    await sweep({ ...ports, places }, new Metrics())({}, lambdaContext);
    await this.runs();
    const { healed, raised, failed } = await this.reconciles();
    for (const [drift, n] of Object.entries(healed)) this.found.healed[drift] = (this.found.healed[drift] ?? 0) + n;
    for (const [drift, n] of Object.entries(raised)) this.found.raised[drift] = (this.found.raised[drift] ?? 0) + n;
    this.found.failed += failed;
    await this.runs();
  }

  reconciles = (client?: DynamoDBDocumentClient): Promise<Reconciled> => this.reconciler(client)({}, lambdaContext);

  /** The function that reconciles, in a process of its own. */
  reconciler(
    client: DynamoDBDocumentClient = this.tables.client,
    time: Partial<Pick<ReconcilePorts, 'elapsed' | 'pause'>> = {},
  ) {
    const ports = {
      ...this.process(client),
      allocations: allocations(client),
      reconciliation: reconciliation(client),
      machines: machines(this.stepFunctions.client),
      pause: () => this.stepFunctions.settle(),
      elapsed: () => performance.now(),
      ...time,
    };
    return reconcile(ports, new Metrics(), 2);
  }
}
