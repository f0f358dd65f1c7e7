import { App, type AppProps, CliCredentialsStackSynthesizer, Tags } from 'aws-cdk-lib';
import type { Config } from './config.ts';
import { ServiceStack, type ServiceStackProps } from './stacks/service-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

export type ReferralsAppProps = Pick<ServiceStackProps, 'endpoints' | 'definitions' | 'code'>;

/** CloudFormation's own rules count as errors: among other things, they find circular references before AWS does. */
export const newApp = (props: AppProps = {}): App =>
  new App({ ...props, postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true } });

/** Both stacks, ready to be synthesised. */
export function addStacks(app: App, config: Config, props: ReferralsAppProps) {
  const env = { region: config.region, ...(config.account && { account: config.account }) };
  // The local AWS refuses the bootstrap roles, which stand on a condition that it does not know.
  const synthesizer = () => (config.local ? { synthesizer: new CliCredentialsStackSynthesizer() } : {});
  const state = new StateStack(app, 'ReferralsState', {
    config,
    env,
    description: 'Referrals: the record, the private table and the event bus. Kept when deleted.',
    ...synthesizer(),
  });
  const service = new ServiceStack(app, 'Referrals', {
    config,
    env,
    state,
    description: 'Referrals: the API, its functions and workflows, and what watches them.',
    ...props,
    ...synthesizer(),
  });
  Tags.of(app).add('service', 'referrals');
  return { state, service };
}
