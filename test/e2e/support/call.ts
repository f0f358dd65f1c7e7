import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { RequestTo } from '../../../infra/local/api-client.ts';
import { clientNamed } from '../../../infra/local/local-aws.ts';
import type { EndpointContract } from '../../../shared/contracts/endpoint.ts';
import { stack } from './deployment.ts';

type Handler = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer & { caller: never },
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** Calls an endpoint's handler in this process, as the gateway would for a client of the stack. */
export async function call<C extends EndpointContract>(
  handler: unknown,
  _contract: C,
  as: string,
  request: RequestTo<C>,
): Promise<Reply> {
  const { clientId, scope } = clientNamed(stack, as);
  const { params, query, body, idempotencyKey, ifMatch } = request as RequestTo<EndpointContract> & {
    params?: Record<string, string>;
    query?: Record<string, string>;
    body?: unknown;
  };
  const event = {
    headers: {
      'content-type': 'application/json',
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
    },
    pathParameters: params ?? {},
    queryStringParameters: query ?? {},
    body: body === undefined ? undefined : JSON.stringify(body),
    requestContext: { authorizer: { jwt: { claims: { client_id: clientId, scope }, scopes: [scope] } } },
  };
  const { statusCode, body: text } = await (handler as Handler)(event as unknown as Parameters<Handler>[0], context);
  return { status: statusCode ?? 0, body: JSON.parse(text ?? '{}') };
}

/** What Lambda tells a function of its invocation. */
export const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'in-process',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-2:000000000000:function:in-process',
  memoryLimitInMB: '256',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 10_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
