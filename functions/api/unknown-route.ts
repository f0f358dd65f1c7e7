import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { answer } from '../middleware/problem-answers.ts';
import { securityHeaders } from '../middleware/security-headers.ts';

/** Methods of the routes that a path fits. */
const methodsAt = (path: string): string[] =>
  allEndpoints
    .filter((contract) =>
      new RegExp(`^${contract.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    .map(({ method }) => method);

/** Whatever no route takes: a known path with another method (405, with `Allow`), or a path that leads nowhere (404). */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(securityHeaders())
  .handler(async ({ requestContext, rawPath }) => {
    const path = rawPath.slice(Math.max(0, rawPath.indexOf('/v1')));
    const methods = [...new Set(methodsAt(path))].sort();
    if (methods.length === 0) return answer(new ProblemError('not-found', 'No route has this path.'));
    const allowed = methods.join(', ');
    const problem = new ProblemError('method-not-allowed', `${requestContext.http.method} is not one of ${allowed}.`);
    return answer(problem, { allow: allowed });
  });
