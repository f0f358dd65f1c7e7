import { join, resolve } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { asyncApiDocument } from '../shared/contracts/asyncapi.ts';
import { openApiDocument } from '../shared/contracts/openapi.ts';
import { allEndpoints } from '../shared/contracts/routes/index.ts';
import { allocationDelivery } from '../workflows/allocation-delivery.ts';
import { referralLifecycle } from '../workflows/referral-lifecycle.ts';
import { bundleFunctions } from './bundle.ts';
import { parseConfig } from './config.ts';
import { API_DESCRIPTION, allFunctions } from './functions.ts';
import { judge } from './nag.ts';
import { addStacks, newApp } from './referrals-app.ts';

/** The application, for AWS and for the local AWS alike; `config.ts` says what differs. */
const app = newApp();
const config = parseConfig(process.env);

const folderOf = bundleFunctions({
  functions: allFunctions(allEndpoints),
  sources: resolve(import.meta.dirname, '../functions'),
  outdir: join(app.outdir, 'functions'),
  files: {
    [API_DESCRIPTION]: {
      // The addresses are known once it is deployed: the function puts its environment in their place.
      'openapi.json': JSON.stringify(openApiDocument({ apiUrl: '{API_URL}', tokenUrl: '{TOKEN_URL}' })),
      'asyncapi.json': JSON.stringify(asyncApiDocument()),
    },
  },
});

addStacks(app, config, {
  endpoints: allEndpoints,
  definitions: { 'referral-lifecycle': referralLifecycle, 'allocation-delivery': allocationDelivery },
  code: ({ name }) => Code.fromAsset(folderOf(name)),
});
// The local variant leaves out what the local AWS cannot do, so it is not what the packs are to judge.
if (!config.local) judge(app);
app.synth();
