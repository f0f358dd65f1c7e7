import {
  HttpIntegrationType,
  HttpRouteIntegration,
  IntegrationCredentials,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * Leads routes to a function, which API Gateway invokes with a role of its own. The library's integration adds a
 * permission per route instead, and a stack takes 500 resources in all.
 */
export class FunctionIntegration extends HttpRouteIntegration {
  readonly #invoked: IFunction;
  readonly #invoker: IRole;

  constructor(id: string, invoked: IFunction, invoker: IRole) {
    super(id);
    this.#invoked = invoked;
    this.#invoker = invoker;
  }

  override bind() {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.#invoked.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      credentials: IntegrationCredentials.fromRole(this.#invoker),
    };
  }
}
