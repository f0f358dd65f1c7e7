import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { servedBy } from '../../infra/functions.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import {
  list,
  onLocal,
  type Resource,
  resourcesOf,
  type Statement,
  statementsOf,
  templatesOf,
  theResource,
} from './synthesised.ts';

const { state, service } = templatesOf();

/** Actions for which AWS defines no resource, so that only `*` will do. */
const UNBOUNDED = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'states:SendTaskSuccess',
  'dynamodb:ListStreams',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
]);

/** A resource by a name that people know: the table, the key, the function. */
function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const index = /\/index\/([a-z]+)/.exec(text)?.[1];
  if (/RecordTable\w+StreamArn/.test(text)) return 'stream of the record';
  if (text.includes('RecordTable')) return index ? `record/${index}` : 'record';
  if (text.includes('PrivateTable')) return 'private';
  if (/ReferralsState.*Key/.test(text)) return 'key of the state';
  if (/"Key\w+","Arn"/.test(text)) return 'key of the service';
  if (/EventsBus/.test(text)) return 'bus';
  const machine = /:stateMachine:([a-z-]+)/.exec(text)?.[1];
  if (machine) return `machine ${machine}`;
  const queue = /DeadLetters(\w+?)[0-9A-F]{8}/.exec(text)?.[1];
  if (queue) return `dead letters of ${queue}`;
  if (/Log[0-9A-F]{8}/.test(text)) return 'log';
  return resource === '*' ? '*' : text;
}

const roleOf = (lambda: Resource): Resource => {
  const id = lambda.Properties.Role['Fn::GetAtt'][0];
  return service.toJSON().Resources[id];
};
const functions = new Map(
  resourcesOf(service, 'AWS::Lambda::Function').map(([, lambda]) => [
    String(lambda.Properties.FunctionName).replace('referrals-', ''),
    { lambda, statements: statementsOf(roleOf(lambda)) },
  ]),
);
const statementsFor = (name: string): Statement[] => functions.get(name)?.statements ?? [];
const allows = (statements: Statement[], action: string, resource?: string) =>
  statements.some(
    ({ Action, Resource }) =>
      list(Action).includes(action) && (!resource || list(Resource).some((one) => nameOf(one) === resource)),
  );
const touches = (statements: Statement[], resource: string) =>
  statements.some(({ Resource }) => list(Resource).some((one) => nameOf(one) === resource));

/** The beginnings of the partition keys that a statement is limited to. */
const keysOf = ({ Condition }: Statement): string[] =>
  list(Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []) as string[];
/** Those of the private table that a function may reach. */
const reaches = (name: string): string[] =>
  statementsFor(name)
    .filter(({ Resource }) => list(Resource).some((one) => nameOf(one) === 'private'))
    .flatMap(keysOf)
    .sort();

describe('Least privilege: a function', () => {
  it('may do exactly this, and a change of it is a change of this list', () => {
    const allowed = Object.fromEntries(
      [...functions].sort().map(([name, { statements }]) => [
        name,
        statements
          .filter(({ Action }) => !list(Action).some((action) => /^(logs|xray):/.test(action)))
          .map(
            (statement) =>
              `${list(statement.Resource).map(nameOf).sort().concat(keysOf(statement)).join(', ')}: ` +
              list(statement.Action).sort().join(', '),
          )
          .sort(),
      ]),
    );
    expect(allowed).toMatchSnapshot();
  });

  it('has a role of its own, which nothing widens', () => {
    const roles = [...functions.values()].map(({ lambda }) => JSON.stringify(lambda.Properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
    service.resourceCountIs('AWS::IAM::Policy', 0);
    service.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    for (const [, role] of resourcesOf(service, 'AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('reads by key and by query only: none may scan a table, and no code tries to', () => {
    const actions = [...functions.values()].flatMap(({ statements }) =>
      statements.flatMap(({ Action }) => list(Action)),
    );
    const calls = new Set(actions.filter((action) => String(action).startsWith('dynamodb:')));
    expect(calls).toContain('dynamodb:Query');
    expect([...calls].filter((action) => /Scan|PartiQL|\*/.test(String(action)))).toEqual([]);
    expect(actions).not.toContain('*');
    const sources = globSync(['functions/**/*.ts', 'shared/**/*.ts']);
    expect(sources.length).toBeGreaterThan(200);
    const scanning = sources.filter((file) =>
      /ScanCommand|paginateScan|ExecuteStatement/.test(readFileSync(file, 'utf8')),
    );
    expect(scanning).toEqual([]);
  });

  it('that uses a table may use its key, through DynamoDB only; it may encrypt only if it writes', () => {
    const keyed = [...functions].filter(
      ([, { statements }]) => touches(statements, 'record') || touches(statements, 'private'),
    );
    expect(keyed.length).toBeGreaterThan(30);
    for (const [name, { statements }] of keyed) {
      const use = statements.find(({ Condition }) => Condition?.StringEquals?.['kms:ViaService']);
      expect(use?.Condition, name).toEqual({ StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-2.amazonaws.com' } });
      expect(list(use?.Resource).map(nameOf), name).toEqual(['key of the state']);
      const writes = statements.some(({ Action }) =>
        list(Action).some((one) => /^dynamodb:(Put|Update|Delete)Item$/.test(one)),
      );
      expect(list(use?.Action).sort(), name).toEqual(
        writes
          ? [
              'kms:Decrypt',
              'kms:DescribeKey',
              'kms:Encrypt',
              'kms:GenerateDataKey',
              'kms:ReEncryptFrom',
              'kms:ReEncryptTo',
            ]
          : ['kms:Decrypt', 'kms:DescribeKey'],
      );
    }
  });

  it('that starts executions or redeems tokens may use the key of the execution histories', () => {
    for (const [name, { statements }] of functions) {
      const needs = allows(statements, 'states:StartExecution') || allows(statements, 'states:SendTaskSuccess');
      expect(allows(statements, 'kms:GenerateDataKey', 'key of the service'), name).toBe(needs);
    }
  });

  it('is told the names of just what it may touch', () => {
    for (const [name, { lambda, statements }] of functions) {
      const told = Object.keys(lambda.Properties.Environment.Variables);
      expect(told.includes('RECORD_TABLE'), name).toBe(touches(statements, 'record'));
      expect(told.includes('PRIVATE_TABLE'), name).toBe(touches(statements, 'private'));
      expect(told.includes('EVENT_BUS_NAME'), name).toBe(touches(statements, 'bus'));
      const shows = name === 'get-referral';
      expect(told.includes('LIFECYCLE_ARN'), name).toBe(allows(statements, 'states:StartExecution') || shows);
    }
  });
});

describe('Least privilege: the private table', () => {
  const person = 'CRN#*';
  const receipts = 'IDEMPOTENCY#*';
  const tokens = 'TOKEN#*';
  const equality = 'EQUALITY#*';
  const webhooks = 'WEBHOOK#*';
  const all = [...functions.keys()];

  it('is open to a function only below the partition keys of what it has to do with', () => {
    for (const [name, { statements }] of functions) {
      for (const statement of statements.filter((one) => touches([one], 'private'))) {
        expect(Object.keys(statement.Condition ?? {}), name).toEqual(['ForAllValues:StringLike']);
        expect(keysOf(statement).length, name).toBeGreaterThan(0);
        expect([person, receipts, tokens, equality, webhooks], name).toEqual(expect.arrayContaining(keysOf(statement)));
        // A call that names no key, a scan, would satisfy the condition.
        for (const action of list(statement.Action))
          expect(action, name).toMatch(/^dynamodb:((Get|Put|Delete)Item|Query)$/);
      }
    }
  });

  it('has keys for every item that is written there, and no other kind', () => {
    const items = [
      keys.person('X000001', 'r'),
      keys.text('X000001', 'r', 'k'),
      keys.answer('X000001', 'r', 't'),
      keys.idempotency('c', 'r', 'k'),
      keys.token('e'),
      keys.equality('X000001', 'r'),
      keys.webhookSecret('o'),
    ];
    const beginnings = new Set(items.map(({ pk }) => `${pk.slice(0, pk.indexOf('#'))}#*`));
    expect([...beginnings].sort()).toEqual([person, equality, receipts, tokens, webhooks].sort());
  });

  it('keeps receipts for the functions whose routes take an idempotency key', () => {
    const keyed = new Set(
      allEndpoints.filter(({ idempotencyKey = 'none' }) => idempotencyKey !== 'none').map(servedBy),
    );
    expect(all.filter((name) => reaches(name).includes(receipts)).sort()).toEqual([...keyed].sort());
  });

  it('keeps tokens for the functions that redeem them', () => {
    const redeeming = all.filter((name) => allows(statementsFor(name), 'states:SendTaskSuccess'));
    expect(all.filter((name) => reaches(name).includes(tokens))).toEqual(redeeming);
    expect(reaches('park')).toEqual([tokens]);
  });

  it('is deleted from only where a draft ends, which takes its person with it, or a webhook, with its secrets', () => {
    const deleting = all.filter((name) => allows(statementsFor(name), 'dynamodb:DeleteItem', 'private'));
    expect(deleting.sort()).toEqual(['remove-webhook', 'sweep', 'withdraw-referral']);
    expect(reaches('sweep')).toEqual([person, tokens]);
  });

  it('keeps equality monitoring for its own two functions, which reach nothing else there (Equality Act 2010)', () => {
    const own = ['get-equality-monitoring', 'put-equality-monitoring'];
    expect(all.filter((name) => reaches(name).includes(equality)).sort()).toEqual(own);
    for (const name of own) expect(reaches(name)).toEqual([equality]);
    expect(reaches('make-offers')).toEqual([person]);
  });

  it('keeps the secrets of webhooks for those who make, change, remove and sign with them, and who reach nothing else', () => {
    const own = ['deliver-webhooks', 'put-webhook', 'remove-webhook', 'rotate-webhook-secret'];
    expect(all.filter((name) => reaches(name).includes(webhooks)).sort()).toEqual(own);
    for (const name of own) expect(reaches(name)).toEqual([webhooks]);
    const reading = own.filter((name) => allows(statementsFor(name), 'dynamodb:GetItem', 'private'));
    expect(reading).toEqual(['deliver-webhooks', 'rotate-webhook-secret']);
  });

  it('is limited in the same way on the local AWS', () => {
    const local = resourcesOf(templatesOf(onLocal).service, 'AWS::IAM::Role');
    const limited = local.flatMap(([, role]) => statementsOf(role)).filter((one) => touches([one], 'private'));
    expect(limited.length).toBeGreaterThan(20);
    for (const statement of limited) expect(keysOf(statement)).not.toEqual([]);
  });
});

describe('A person can be seen by nobody downstream', () => {
  it.each(['publish-events', 'start-executions', 'note-failed-execution', 'look', 'renew'])(
    '%s has no access to the private table',
    (name) => {
      expect(statementsFor(name).length).toBeGreaterThan(0);
      expect(touches(statementsFor(name), 'private')).toBe(false);
    },
  );

  it('the private table has no stream', () => {
    const tables = resourcesOf(state, 'AWS::DynamoDB::Table');
    expect(tables.filter(([, { Properties }]) => Properties.StreamSpecification)).toHaveLength(1);
    expect(
      theResource(state, 'AWS::DynamoDB::Table', ({ Properties }) => Properties.StreamSpecification).Properties,
    ).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: expect.anything(),
    });
  });

  it('only the publisher writes to the bus', () => {
    const writers = [...functions]
      .filter(([, { statements }]) => allows(statements, 'events:PutEvents'))
      .map(([name]) => name);
    expect(writers).toEqual(['publish-events']);
  });
});

describe('Every role', () => {
  const roles = resourcesOf(service, 'AWS::IAM::Role');

  it('allows named actions on named resources; on all only what AWS gives no resource', () => {
    for (const [id, role] of roles) {
      for (const { Effect, Action, Resource } of statementsOf(role)) {
        expect(Effect, id).toBe('Allow');
        for (const action of list(Action)) {
          expect(action, id).not.toContain('*');
          if (list(Resource).includes('*')) expect([...UNBOUNDED], id).toContain(action);
        }
        for (const resource of list(Resource)) {
          if (resource !== '*') expect(JSON.stringify(resource), id).not.toContain('*');
        }
      }
    }
  });

  it('stays under the 10,240 characters that its inline policies may have', () => {
    for (const [id, role] of roles) {
      expect(JSON.stringify(role.Properties.Policies).length, id).toBeLessThan(10_240);
    }
  });
});

describe('A state machine’s role', () => {
  it.each(
    resourcesOf(service, 'AWS::StepFunctions::StateMachine').map(([, machine]) => [
      machine.Properties.StateMachineName,
      machine,
    ]),
  )('of %s may invoke exactly the functions that the definition names', (_, machine) => {
    const role = service.toJSON().Resources[machine.Properties.RoleArn['Fn::GetAtt'][0]];
    const invoked = statementsOf(role).find(({ Action }) => list(Action).includes('lambda:InvokeFunction'));
    const definition = JSON.stringify(machine.Properties.DefinitionString);
    const named = [...definition.matchAll(/Functions[a-z]+Function[0-9A-F]{8}/g)].map(([id]) => id);
    const allowed = list(invoked?.Resource).map((resource) => (resource as Resource)['Fn::GetAtt'][0]);
    expect(new Set(allowed)).toEqual(new Set(named));
    expect(allowed.length).toBeGreaterThan(2);
  });
});

describe('API Gateway’s role', () => {
  it('may invoke the functions behind the routes and no other', () => {
    const invoker = theResource(service, 'AWS::IAM::Role', (role) =>
      JSON.stringify(role.Properties.AssumeRolePolicyDocument).includes('apigateway'),
    );
    const allowed = statementsOf(invoker).flatMap(({ Resource }) => list(Resource).map((one) => JSON.stringify(one)));
    const integrated = resourcesOf(service, 'AWS::ApiGatewayV2::Integration').map(([, { Properties }]) =>
      JSON.stringify(Properties.IntegrationUri),
    );
    expect(new Set(allowed)).toEqual(new Set(integrated));
    expect(allowed.join()).not.toMatch(
      /functions?(look|park|renew|makeoffers|sweep|publishevents|startexecutions)Function/i,
    );
  });
});
