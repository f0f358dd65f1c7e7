import type { MachineName } from '../../infra/functions.ts';
import { type Resource, resourcesOf, templatesOf, theResource } from '../infra/synthesised.ts';

/** A state as Step Functions reads it; only what these tests look at. */
export interface State {
  Type: 'Task' | 'Choice' | 'Succeed' | 'Fail' | 'Wait' | 'Pass' | 'Map' | 'Parallel';
  Resource?: string;
  Arguments?: { FunctionName: string; Payload: Record<string, unknown> };
  Assign?: Record<string, string>;
  Output?: unknown;
  Next?: string;
  Default?: string;
  End?: boolean;
  TimeoutSeconds?: number;
  QueryLanguage?: string;
  Choices?: { Condition: string; Next: string }[];
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number; JitterStrategy?: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
}
export interface Definition {
  StartAt: string;
  QueryLanguage?: string;
  States: Record<string, State>;
}

const { service } = templatesOf();
const functionNames = new Map(
  resourcesOf(service, 'AWS::Lambda::Function').map(([id, { Properties }]) => [id, String(Properties.FunctionName)]),
);

/** A part of the template's text that is only known once it is deployed, as a reader would name it. */
function named(part: string | Record<string, unknown>): string {
  if (typeof part === 'string') return part;
  const of = part['Fn::GetAtt'] as [string, string] | undefined;
  const name = of && functionNames.get(of[0]);
  if (name) return name;
  if (part.Ref === 'AWS::Partition') return 'aws';
  throw new Error(`the definition has a token that nobody expected: ${JSON.stringify(part)}`);
}

/** What is deployed, read from the synthesised template, with functions by name. */
export function definitionOf(name: MachineName): { definition: Definition; text: string } {
  const isIt = ({ Properties }: Resource) => Properties.StateMachineName === name;
  const { Properties } = theResource(service, 'AWS::StepFunctions::StateMachine', isIt);
  const joined = Properties.DefinitionString['Fn::Join'][1] as Parameters<typeof named>[0][];
  const text = joined.map(named).join('');
  return { definition: JSON.parse(text), text };
}

/** Which release a definition is of: it says so whenever it looks. */
export const releaseOf = ({ StartAt, States }: Definition): number =>
  Number(States[StartAt]?.Arguments?.Payload.definition);

/** The same text for the same definition: keys in order. */
export const normalised = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (isObject(part) ? Object.fromEntries(Object.entries(part).sort()) : part), 2)}\n`;
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every state to which one leads, however it ends. */
export const successors = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((caught) => caught.Next)].filter(
    (next) => next !== undefined,
  );

export function reachable({ StartAt, States }: Definition): Set<string> {
  const found = new Set<string>();
  const left = [StartAt];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    const state = States[id];
    if (state) left.push(...successors(state));
  }
  return found;
}
