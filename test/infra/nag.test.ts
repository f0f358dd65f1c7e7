import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, type NagPack, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../infra/config.ts';
import { judge } from '../../infra/nag.ts';
import { onAws, stacksOf } from './synthesised.ts';

const config = parseConfig(onAws);

/** Every acknowledgement below the construct: where it stands, of what, and why. */
function acknowledgements(root: IConstruct) {
  return root.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>).map(([id, reason]) => ({
          path: node.path,
          id: id.replace(/^annotation::/i, ''),
          reason,
        })),
      ),
  );
}

/** What the packs find when nothing is acknowledged. */
function findings(root: IConstruct): { rule: string; path: string }[] {
  const packs: NagPack[] = [new AwsSolutionsChecks(), new ServerlessChecks(), new NIST80053R5Checks()];
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  for (const { node } of root.node.findAll()) {
    for (const entry of node.metadata) if (entry.type === key) Object.assign(entry, { type: 'set-aside' });
  }
  return packs.flatMap((pack) =>
    pack
      .validateScope(root)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => ({ rule: ruleName, path: constructPath ?? '' })),
      ),
  );
}

describe('The rule packs AwsSolutions, Serverless and NIST 800-53 r5', () => {
  it('find nothing that is not acknowledged', () => {
    const { app } = stacksOf(config);
    judge(app);
    expect(() => app.synth()).not.toThrow();
  }, 60_000);

  it('fail the synthesis over a planted violation', () => {
    const { app, service } = stacksOf(config);
    new Bucket(service, 'Planted');
    judge(app);
    expect(() => app.synth()).toThrow(/Referrals\/Planted[\s\S]*AwsSolutions-S10/);
  }, 60_000);

  it('are each answered where they ask, with a reason, and no answer is left over', () => {
    const { app } = stacksOf(config);
    const answers = acknowledgements(app);
    expect(answers.length).toBeGreaterThan(100);
    const questions = findings(app);
    for (const { id, path, reason } of answers) {
      expect(reason.length, `${id} at ${path}`).toBeGreaterThan(40);
      expect(path.split('/').length, `${id} stands on a whole stack`).toBeGreaterThan(1);
      const asked = questions.some((question) => question.rule === id && question.path.startsWith(path));
      expect(asked, `${id} at ${path} answers nothing`).toBe(true);
    }
  }, 60_000);
});
