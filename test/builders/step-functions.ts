import { ExecutionAlreadyExists, ExecutionDoesNotExist, type SFNClient, TaskDoesNotExist } from '@aws-sdk/client-sfn';
import type { MachineName } from '../../infra/functions.ts';
import { definitionOf } from '../workflows/definitions.ts';
import { Execution, type Invoke } from '../workflows/machine.ts';

const definitions: Record<MachineName, ReturnType<typeof definitionOf>['definition']> = {
  'referral-lifecycle': definitionOf('referral-lifecycle').definition,
  'allocation-delivery': definitionOf('allocation-delivery').definition,
};

interface Asked {
  name?: string;
  stateMachineArn?: string;
  executionArn?: string;
  statusFilter?: string;
  input?: string;
  taskToken?: string;
}
type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
interface Run {
  machine: MachineName;
  execution: Execution;
  /** What became of it from outside. */
  ended?: Status;
}

/** Step Functions in memory: the deployed definitions, run as far as they come, over the real task functions. */
export class StepFunctions {
  readonly runs = new Map<string, Run>();
  readonly #agenda: (() => Promise<void>)[] = [];
  readonly #invoke: Invoke;
  readonly #now: () => Date;

  constructor(invoke: Invoke, now: () => Date) {
    this.#invoke = invoke;
    this.#now = now;
  }

  get client(): SFNClient {
    const send = async (command: { input: Asked }) => this.#answer(command.constructor.name, command.input);
    return { send } as never as SFNClient;
  }

  /** Everything that goes on by itself has gone on. */
  async settle(): Promise<void> {
    for (let next = this.#agenda.shift(); next; next = this.#agenda.shift()) await next();
  }

  running = (): string[] => [...this.runs.keys()].filter((name) => this.#statusOf(name) === 'RUNNING');

  /** Somebody's hand. */
  end(name: string, ended: Status): void {
    const run = this.runs.get(name);
    if (!run || this.#statusOf(name) !== 'RUNNING') return;
    run.ended = ended;
    run.execution.parked = undefined;
  }

  /** As if there had never been one. */
  forget = (name: string): void => void this.runs.delete(name);

  #statusOf(name: string): Status {
    const run = this.runs.get(name);
    if (!run) throw new ExecutionDoesNotExist({ message: name, $metadata: {} });
    const own = { running: 'RUNNING', succeeded: 'SUCCEEDED', failed: 'FAILED' } as const;
    return run.ended ?? own[run.execution.status];
  }

  #answer(command: string, asked: Asked): object {
    const named = asked.executionArn?.slice(asked.executionArn.lastIndexOf(':') + 1) ?? '';
    switch (command) {
      case 'StartExecutionCommand':
        return this.#start(asked);
      case 'SendTaskSuccessCommand': {
        const { taskToken = '' } = asked;
        const run = [...this.runs.values()].find(({ execution }) => execution.parked?.token === taskToken);
        if (!run) throw new TaskDoesNotExist({ message: 'nobody waits', $metadata: {} });
        this.#agenda.push(() => run.execution.redeem(taskToken));
        return {};
      }
      case 'DescribeExecutionCommand':
        return { status: this.#statusOf(named) };
      case 'StopExecutionCommand':
        this.end(named, 'ABORTED');
        return {};
      case 'ListExecutionsCommand':
        return {
          executions: [...this.runs]
            .filter(([name, { machine }]) => {
              const isOf = machine === machineOf(asked.stateMachineArn);
              return isOf && this.#statusOf(name) === asked.statusFilter;
            })
            .map(([name]) => ({ name })),
        };
      default:
        throw new Error(`${command} is not known here`);
    }
  }

  #start({ name = '', stateMachineArn, input = '' }: Asked): object {
    if (this.runs.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata: {} });
    const machine = machineOf(stateMachineArn);
    const execution = new Execution(definitions[machine], JSON.parse(input), this.#invoke, this.#now);
    this.runs.set(name, { machine, execution });
    this.#agenda.push(() => execution.start());
    return {};
  }
}

const machineOf = (arn = ''): MachineName => (arn.endsWith('delivery') ? 'allocation-delivery' : 'referral-lifecycle');
