import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type Config, parseConfig } from '../../infra/config.ts';
import { addStacks, newApp, type ReferralsAppProps } from '../../infra/referrals-app.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { allocationDelivery } from '../../workflows/allocation-delivery.ts';
import { referralLifecycle } from '../../workflows/referral-lifecycle.ts';

/** What is deployed, but for the functions' code, which these tests do not look at. */
export const props: ReferralsAppProps = {
  endpoints: allEndpoints,
  definitions: { 'referral-lifecycle': referralLifecycle, 'allocation-delivery': allocationDelivery },
  code: () => Code.fromInline('exports.handler = async () => {};'),
};

export const onAws: NodeJS.ProcessEnv = { CDK_DEFAULT_ACCOUNT: '111122223333', CDK_DEFAULT_REGION: 'eu-west-2' };
export const onLocal: NodeJS.ProcessEnv = {
  ...onAws,
  REFERRALS_TARGET: 'local',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
};

export function stacksOf(config: Config, changed: Partial<ReferralsAppProps> = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'referrals-cdk-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const app = newApp({ outdir });
  return { app, ...addStacks(app, config, { ...props, ...changed }) };
}

/** Both templates of a deployment with these settings. */
export function templatesOf(environment: NodeJS.ProcessEnv = onAws) {
  const { state, service } = stacksOf(parseConfig(environment));
  return { state: Template.fromStack(state), service: Template.fromStack(service) };
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is untyped, and a wrong guess fails the test that makes it.
export type Resource = any;

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.findResources(type));

/** The one resource of its type that fits. */
export function theResource(
  template: Template,
  type: string,
  fits: (resource: Resource) => boolean = () => true,
): Resource {
  const found = resourcesOf(template, type).filter(([, resource]) => fits(resource));
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} fit, not one.`);
  return found[0]?.[1];
}

export const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap((policy: Resource) => policy.PolicyDocument.Statement);

export const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
