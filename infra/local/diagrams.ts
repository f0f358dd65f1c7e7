import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { QueryLanguage, StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import * as z from 'zod';
import { allocationDelivery } from '../../workflows/allocation-delivery.ts';
import { referralLifecycle } from '../../workflows/referral-lifecycle.ts';
import { type MachineName, machineNames, machineSteps } from '../functions.ts';

/** `npm run diagrams`: draws both state machines, as they are deployed, into `docs/`. A test holds them up to date. */

const definition = z.object({
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Resource: z.unknown().optional(),
      Next: z.string().optional(),
      Default: z.string().optional(),
      Choices: z.array(z.object({ Condition: z.string(), Next: z.string() })).optional(),
    }),
  ),
});
type State = z.infer<typeof definition>['States'][string];

const machines = { 'referral-lifecycle': referralLifecycle, 'allocation-delivery': allocationDelivery };

function definitionOf(name: MachineName): z.infer<typeof definition> {
  const stack = new Stack(new App(), 'Drawing');
  const steps = machineSteps[name].map((step) => [step, LambdaFunction.fromFunctionName(stack, step, step)] as const);
  const { startState } = machines[name](stack, Object.fromEntries(steps));
  return definition.parse(stack.resolve(new StateGraph(startState, name).toGraphJson(QueryLanguage.JSONATA)));
}

const isWait = ({ Resource }: State): boolean => JSON.stringify(Resource ?? '').includes('waitForTaskToken');

/** Waits are round and green, work is blue, what decides is a diamond, what ends is dark. */
function styleOf(state: State): string {
  if (state.Type === 'Choice') return 'shape=diamond, style=filled, fillcolor="#fff3cd", color="#c9a227"';
  if (state.Type === 'Succeed') return 'shape=box, style="filled,rounded", fillcolor="#343a40", fontcolor=white';
  const colours = isWait(state) ? 'fillcolor="#d8f3dc", color="#2d6a4f"' : 'fillcolor="#dbeafe", color="#1d4ed8"';
  return `shape=box, style="filled,rounded", ${colours}`;
}

const wrapped = (text: string): string => text.replace(/(.{14,24}?)\s/g, '$1\\n');
const quoted = (text: string): string => JSON.stringify(text).replaceAll('\\\\n', '\\n');

/** What is compared in a choice's condition: the standing. */
const standingIn = (condition: string): string => /'([^']+)'/.exec(condition)?.[1] ?? '';

function edgesOf(name: string, { Next, Choices = [], Default }: State): string[] {
  const edge = (to: string, label = ''): string =>
    `${quoted(name)} -> ${quoted(to)}${label ? ` [label=${quoted(` ${label} `)}]` : ''}`;
  return [
    ...(Next ? [edge(Next)] : []),
    ...Choices.map((choice) => edge(choice.Next, standingIn(choice.Condition))),
    ...(Default ? [edge(Default, 'otherwise')] : []),
  ];
}

export function dotOf(name: MachineName): string {
  const { StartAt, States } = definitionOf(name);
  const drawn = Object.entries(States).filter(([id]) => id !== 'A later segment has taken over');
  return [
    'digraph {',
    'rankdir=LR; nodesep=0.25; ranksep=0.6; bgcolor=white;',
    'node [fontname="Helvetica", fontsize=11, margin="0.22,0.1"]; edge [fontname="Helvetica", fontsize=9, color="#6c757d", fontcolor="#495057"];',
    'start [shape=circle, style=filled, fillcolor="#343a40", label="", width=0.2];',
    `start -> ${quoted(StartAt)};`,
    ...drawn.map(([id, state]) => `${quoted(id)} [label=${quoted(wrapped(id))}, ${styleOf(state)}];`),
    ...drawn.flatMap(([id, state]) => edgesOf(id, state)),
    '}',
  ].join('\n');
}

export async function drawingOf(name: MachineName): Promise<string> {
  const graphviz = await Graphviz.load();
  return `${graphviz.dot(dotOf(name), 'svg').trim()}\n`;
}

if (process.argv[1] === import.meta.filename) {
  for (const name of machineNames) {
    writeFileSync(join(import.meta.dirname, '../../docs', `${name}.svg`), await drawingOf(name));
  }
}
