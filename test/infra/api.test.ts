import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { clientList } from '../../infra/clients.ts';
import { parseConfig } from '../../infra/config.ts';
import { servedBy, UNKNOWN_ROUTE } from '../../infra/functions.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { usualWeights } from '../../shared/domain/matching-weights.ts';
import { onAws, resourcesOf, stacksOf, templatesOf, theResource } from './synthesised.ts';

const cognito = (count: number) => ({
  ...parseConfig(onAws),
  identity: {
    kind: 'cognito' as const,
    domainPrefix: undefined,
    clients: Array.from({ length: count }, (_, n) => ({
      name: `client-${n}`,
      role: 'practitioner' as const,
      organisation: 'probation',
    })),
  },
});
const service = Template.fromStack(stacksOf(cognito(2)).service);
const routes = new Map(
  resourcesOf(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [Properties.RouteKey, Properties]),
);

describe('Routes', () => {
  it('are those of the contracts, and one for everything else', () => {
    const contracted = allEndpoints.map(({ method, path }) => `${method} ${path}`);
    expect([...routes.keys()].sort()).toEqual([...contracted, '$default'].sort());
  });

  it('need a token, unless their contract says public; role and scope are left to the handlers', () => {
    const authorizer = Object.keys(service.findResources('AWS::ApiGatewayV2::Authorizer'))[0];
    for (const { method, path, roles } of allEndpoints) {
      const route = routes.get(`${method} ${path}`);
      expect(route, path).toMatchObject(
        roles === 'public'
          ? { AuthorizationType: 'NONE' }
          : { AuthorizationType: 'JWT', AuthorizerId: { Ref: authorizer } },
      );
      expect(route.AuthorizationScopes, path).toBeUndefined();
    }
    expect(routes.get('$default')).toMatchObject({ AuthorizationType: 'NONE' });
  });

  it('are throttled as configured', () => {
    const { service: busy } = templatesOf({ ...onAws, REFERRALS_RATE_LIMIT: '7', REFERRALS_BURST_LIMIT: '9' });
    expect(theResource(busy, 'AWS::ApiGatewayV2::Stage').Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 9,
    });
  });

  it('leave no address, path, query or body in the access log', () => {
    const { Format, DestinationArn } = theResource(service, 'AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings;
    expect(DestinationArn).toBeDefined();
    expect(Object.values(JSON.parse(Format)).join()).not.toMatch(
      /sourceIp|userAgent|\$context\.path|query|body|identity/i,
    );
  });
});

describe('Who vouches for callers', () => {
  it('is the user pool by default: its issuer, and every client of the deployment as an audience', () => {
    const { JwtConfiguration } = theResource(service, 'AWS::ApiGatewayV2::Authorizer').Properties;
    const clients = Object.keys(service.findResources('AWS::Cognito::UserPoolClient'));
    expect(JwtConfiguration.Audience).toEqual(clients.map((Ref) => ({ Ref })));
    expect(JSON.stringify(JwtConfiguration.Issuer)).toContain('https://cognito-idp.eu-west-2.amazonaws.com/');
  });

  it('gives each client the scope of its role and no other grant', () => {
    for (const [id, { Properties }] of resourcesOf(service, 'AWS::Cognito::UserPoolClient')) {
      expect(Properties, id).toMatchObject({ AllowedOAuthFlows: ['client_credentials'], GenerateSecret: true });
      expect(Properties.AllowedOAuthScopes, id).toHaveLength(1);
      expect(JSON.stringify(Properties.AllowedOAuthScopes), id).toContain('/practitioner');
    }
  });

  it('accepts nobody while no client is registered', () => {
    const { Audience } = theResource(templatesOf().service, 'AWS::ApiGatewayV2::Authorizer').Properties
      .JwtConfiguration;
    expect(Audience).toEqual(['no-client-is-registered']);
  });

  it('takes 50 clients, and says where to go with more', () => {
    const fits = cognito(50).identity.clients;
    expect(clientList.parse(fits)).toHaveLength(50);
    expect(() => clientList.parse([...fits, { ...fits[0], name: 'one-more' }])).toThrow(
      /Bring your own OpenID provider/,
    );
  });

  it('can be any OpenID provider, and then there is no user pool', () => {
    const { service: own } = templatesOf({
      ...onAws,
      REFERRALS_ISSUER: 'https://login.example.org/tenant',
      REFERRALS_TOKEN_URL: 'https://login.example.org/tenant/token',
      REFERRALS_AUDIENCES: 'referrals-api',
      REFERRALS_CLIENT_CLAIM: 'azp',
    });
    own.resourceCountIs('AWS::Cognito::UserPool', 0);
    expect(theResource(own, 'AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration).toEqual({
      Issuer: 'https://login.example.org/tenant',
      Audience: ['referrals-api'],
    });
    const { Variables } = theResource(
      own,
      'AWS::Lambda::Function',
      ({ Properties }) => Properties.FunctionName === 'referrals-get-referral',
    ).Properties.Environment;
    expect(Variables.CLIENT_ID_CLAIM).toBe('azp');
  });
});

describe('L3: the policy of matching', () => {
  it('reaches the functions that make offers, the weights completed, and no other', () => {
    const parallel = '{"accommodation":3}';
    const config = parseConfig({
      ...onAws,
      REFERRALS_MATCHING_WEIGHTS: '{"availability": 5}',
      REFERRALS_PARALLEL_OFFERS: parallel,
    });
    const told = resourcesOf(Template.fromStack(stacksOf(config).service), 'AWS::Lambda::Function').flatMap(
      ([, { Properties }]) => {
        const { MATCHING_WEIGHTS, PARALLEL_OFFERS } = Properties.Environment?.Variables ?? {};
        return MATCHING_WEIGHTS || PARALLEL_OFFERS
          ? [[Properties.FunctionName, MATCHING_WEIGHTS, PARALLEL_OFFERS]]
          : [];
      },
    );
    const weights = JSON.stringify({ ...usualWeights, availability: 5 });
    expect(told.sort()).toEqual([
      ['referrals-make-offers', weights, parallel],
      ['referrals-place-waiting', weights, parallel],
      ['referrals-sweep', weights, parallel],
    ]);
  });
});

/** What the functions of a deployment are told by this name. */
const toldBy = (name: string, variables: object) =>
  resourcesOf(Template.fromStack(stacksOf(parseConfig({ ...onAws, ...variables })).service), 'AWS::Lambda::Function')
    .map(([, { Properties }]) => [Properties.FunctionName, Properties.Environment?.Variables[name]])
    .filter(([, value]) => value !== undefined);

describe('L4: how long before its start an appointment is reminded of', () => {
  it('is a day, or what the deployment says, for the sweeper and no other', () => {
    expect(toldBy('REMINDER_HOURS', {})).toEqual([['referrals-sweep', '24']]);
    expect(toldBy('REMINDER_HOURS', { REFERRALS_REMINDER_HOURS: '48' })).toEqual([['referrals-sweep', '48']]);
  });
});

describe('O4: the fewest people of whom figures are told', () => {
  it('are ten, or what the deployment says, for the function that tells them and no other', () => {
    expect(toldBy('MINIMUM_GROUP', {})).toEqual([['referrals-get-service', '10']]);
    const more = toldBy('MINIMUM_GROUP', { REFERRALS_MINIMUM_GROUP: '20' });
    expect(more).toEqual([['referrals-get-service', '20']]);
  });
});

describe('The period for which what is held on people is kept', () => {
  it('is seven years, or what the deployment says, for the function that removes it and no other', () => {
    expect(toldBy('RETENTION_MONTHS', {})).toEqual([['referrals-remove-records', '84']]);
    const less = toldBy('RETENTION_MONTHS', { REFERRALS_RETENTION_MONTHS: '24' });
    expect(less).toEqual([['referrals-remove-records', '24']]);
  });
});

describe('The configuration', () => {
  it.each([
    [{ REFERRALS_TARGET: 'local' }, /AWS_ENDPOINT_URL/],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, /AWS_ENDPOINT_URL/],
    [{ REFERRALS_ISSUER: 'https://login.example.org' }, /belong together/],
    [{ REFERRALS_RATE_LIMIT: 'many' }, /REFERRALS_RATE_LIMIT/],
    [{ REFERRALS_PARALLEL_OFFERS: '{"accommodation": 6}' }, /REFERRALS_PARALLEL_OFFERS.accommodation/],
    [{ REFERRALS_PARALLEL_OFFERS: '{"housing": 2}' }, /housing[\s\S]*REFERRALS_PARALLEL_OFFERS/],
    [{ REFERRALS_RETENTION_MONTHS: '11' }, /REFERRALS_RETENTION_MONTHS/],
    [{ REFERRALS_RETENTION_MONTHS: 'ever' }, /REFERRALS_RETENTION_MONTHS/],
    [{ REFERRALS_MINIMUM_GROUP: '0' }, /REFERRALS_MINIMUM_GROUP/],
    [{ REFERRALS_MINIMUM_GROUP: '7' }, /multiple of 5[\s\S]*REFERRALS_MINIMUM_GROUP/],
    [{ REFERRALS_MATCHING_WEIGHTS: 'availability: 40' }, /not JSON[\s\S]*REFERRALS_MATCHING_WEIGHTS/],
    [{ REFERRALS_MATCHING_WEIGHTS: '{"price": 40}' }, /price[\s\S]*REFERRALS_MATCHING_WEIGHTS/],
    [{ REFERRALS_MATCHING_WEIGHTS: '{"availability": 400}' }, /REFERRALS_MATCHING_WEIGHTS.cohort/],
  ])('%o is refused by name', (variables, message) => {
    expect(() => parseConfig({ ...onAws, ...variables })).toThrow(message);
  });
});

describe('The stack', () => {
  const full = Template.fromStack(stacksOf(cognito(50)).service).toJSON();

  it('stays under the 500 resources and the 1 MB that CloudFormation takes, with 50 clients', () => {
    expect(Object.keys(full.Resources).length).toBeLessThan(490);
    expect(JSON.stringify(full).length).toBeLessThan(500_000);
  });

  it('grows by four resources with an endpoint: a route, and a function with its role and its integration', () => {
    const served = new Set([...allEndpoints.map(servedBy), UNKNOWN_ROUTE]).size;
    const ofTheApi = allEndpoints.length + 1 + 3 * served;
    expect(Object.keys(full.Resources).length - ofTheApi).toBeLessThan(210);
  });

  it('tells what others need to reach it', () => {
    expect(
      Object.keys(service.findOutputs('*'))
        .filter((name) => !name.startsWith('Exports'))
        .sort(),
    ).toEqual([
      'ApiId',
      'ApiUrl',
      'ClientIds',
      'EventBusName',
      'PrivateTableName',
      'ReconcilerFunctionName',
      'RecordTableName',
      'StateMachineAllocationDeliveryArn',
      'StateMachineReferralLifecycleArn',
      'SweeperFunctionName',
      'TokenUrl',
      'UserPoolId',
    ]);
  });
});
