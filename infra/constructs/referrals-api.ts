import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { servedBy, UNKNOWN_ROUTE } from '../functions.ts';
import { acknowledge, inlinePolicy } from './acknowledge.ts';
import { FunctionIntegration } from './function-integration.ts';
import { type LogSettings, serviceLog } from './service-log.ts';

export interface ReferralsApiProps {
  endpoints: readonly EndpointContract[];
  /** The function of that name. */
  functionNamed: (name: string) => IFunction;
  issuer: string;
  audiences: readonly string[];
  /** The token's claim that names the client. */
  clientClaim: string;
  throttle: { rateLimit: number; burstLimit: number };
  logs: LogSettings;
}

/** Who asked for what and how it went: no address, path, query or body, which could name a person. */
const accessLogFields = (clientClaim: string) => ({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  client: `$context.authorizer.claims.${clientClaim}`,
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
});

/**
 * The routes, made from the contracts. The authorizer checks the token of every route that is not public; role and
 * scope are the handlers' to check. What no route matches goes to a function of its own, so it is a problem too.
 */
export class ReferralsApi extends Construct {
  readonly api: HttpApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: ReferralsApiProps) {
    super(scope, id);
    const { endpoints, functionNamed, issuer, audiences, clientClaim, throttle, logs } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: 'referrals',
      description: 'Referrals to Commissioned Rehabilitative Services. Described at GET /v1/openapi.json.',
      createDefaultStage: false,
    });
    this.accessLog = serviceLog(this, 'AccessLog', '/aws/vendedlogs/referrals/api-access', logs);
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle,
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields(clientClaim))),
      },
    });

    const served = [...new Set([...endpoints.map(servedBy), UNKNOWN_ROUTE])];
    const invoker = new Role(this, 'Invoker', {
      description: 'API Gateway, when it invokes the functions behind its routes.',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: {
        invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: served.map((name) => functionNamed(name).functionArn),
            }),
          ],
        }),
      },
    });
    acknowledge(invoker, inlinePolicy);
    const integrations = new Map(
      served.map((name) => [name, new FunctionIntegration(`To-${name}`, functionNamed(name), invoker)]),
    );
    const integrationOf = (name: string): FunctionIntegration => {
      const integration = integrations.get(name);
      if (!integration) throw new Error(`No function serves ${name}.`);
      return integration;
    };

    const authorizer = new HttpJwtAuthorizer('Token', issuer, { jwtAudience: [...audiences] });
    const anyone = new HttpNoneAuthorizer();
    for (const endpoint of endpoints) {
      const route = new HttpRoute(this, `${endpoint.method} ${endpoint.path}`, {
        httpApi: this.api,
        routeKey: HttpRouteKey.with(endpoint.path, HttpMethod[endpoint.method]),
        integration: integrationOf(servedBy(endpoint)),
        authorizer: endpoint.roles === 'public' ? anyone : authorizer,
      });
      if (endpoint.roles === 'public') {
        acknowledge(route, {
          'AwsSolutions-APIG4': 'Public by contract: it says how to use the API, and nothing of anyone.',
        });
      }
    }
    const unknown = new HttpRoute(this, 'Unknown', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: integrationOf(UNKNOWN_ROUTE),
      authorizer: anyone,
    });
    acknowledge(unknown, { 'AwsSolutions-APIG4': 'Says 404 or 405 of what does not exist, and touches no data.' });
  }
}
