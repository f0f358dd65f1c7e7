import { getService, putService, stateAvailability } from '../../shared/contracts/routes/services.ts';
import { type ApiClient, client } from './api-client.ts';
import { sampleServices } from './sample-directory.ts';
import type { Stack } from './stack-file.ts';
import { clientNamed, token } from './token.ts';

/** Fills the directory through the API, as its people would; what is already there is left alone. */
export async function seedDirectory(stack: Stack): Promise<void> {
  const as = (name: string): ApiClient =>
    client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, name)) });
  const contractManager = as('contract-manager');
  for (const { id: serviceId, provider, places, service } of sampleServices) {
    const params = { serviceId };
    const found = await contractManager.call(getService, { params });
    const known = found.ok
      ? found
      : await contractManager.must(putService, { params, ifNoneMatch: '*', body: service });
    const isNew = known.body.version === 1;
    if (!isNew || !known.etag) continue;
    await as(`provider:${provider}`).must(stateAvailability, {
      params,
      ifMatch: known.etag,
      body: { places },
    });
  }
}
