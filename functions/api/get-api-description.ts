import { readFileSync } from 'node:fs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { securityHeaders } from '../middleware/security-headers.ts';

/** Both documents are generated from the contracts at deployment and lie beside this function. */
const documentAt = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Where this deployment is: known once it is deployed, so the documents leave room for it. */
const addresses = z.object({ API_URL: z.string(), TOKEN_URL: z.string() });
const located = (document: string): string => {
  const { API_URL, TOKEN_URL } = addresses.parse(process.env);
  return document.replaceAll('{API_URL}', API_URL).replaceAll('{TOKEN_URL}', TOKEN_URL);
};

const documents: Record<string, string> = {};

/** This API as OpenAPI 3.1 (`/v1/openapi.json`) and its events as AsyncAPI 3.0 (`/v1/asyncapi.json`); no token needed. */
export const getApiDescription = (read: typeof documentAt) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(securityHeaders())
    .handler(async ({ rawPath }) => {
      const name = rawPath.endsWith('asyncapi.json') ? 'asyncapi.json' : 'openapi.json';
      documents[name] ??= located(read(name));
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
        body: documents[name],
      };
    });

export const handler = getApiDescription(documentAt);
