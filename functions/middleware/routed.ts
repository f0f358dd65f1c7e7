import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { endpoint } from './endpoint.ts';

type Handler = ReturnType<typeof endpoint>;
type Event = APIGatewayProxyEventV2WithJWTAuthorizer & { caller: never };

/** One function behind several endpoints, each with a handler of its own; the gateway brings no other route here. */
export const routed =
  (...handlers: [EndpointContract, Handler][]) =>
  async (event: Event, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    const [, handler] = handlers.find(([{ method, path }]) => event.routeKey === `${method} ${path}`) ?? [];
    if (!handler) throw new Error('the gateway has brought a route that is not served here');
    return handler(event, context) as Promise<APIGatewayProxyStructuredResultV2>;
  };
