import { readFileSync } from 'node:fs';
import middy from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Both documents are generated from the contracts at deployment and lie beside this function. */
const documentAt = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const documents: Record<string, string> = {};

/** This API as OpenAPI 3.1 (`/v1/openapi.json`) and its events as AsyncAPI 3.0 (`/v1/asyncapi.json`); no token needed. */
export const getApiDescription = (read: typeof documentAt) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(httpSecurityHeaders())
    .handler(async ({ rawPath }) => {
      const name = rawPath.endsWith('asyncapi.json') ? 'asyncapi.json' : 'openapi.json';
      documents[name] ??= read(name);
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
        body: documents[name],
      };
    });

export const handler = getApiDescription(documentAt);
