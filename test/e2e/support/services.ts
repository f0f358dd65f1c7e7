import { randomUUID } from 'node:crypto';
import { client } from '../../../infra/local/api-client.ts';
import { clientNamed, token } from '../../../infra/local/local-aws.ts';
import { sampleServices } from '../../../infra/local/sample-directory.ts';
import { getService, putService, stateAvailability } from '../../../shared/contracts/routes/services.ts';
import type { AreaId } from '../../../shared/domain/areas.ts';
import { capacity } from '../../../shared/domain/service.ts';
import { application, stack } from './deployment.ts';

const as = (name: string) => client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, name)) });

/** Whose service it is. */
export const itsProvider = 'northern-pathways';

/** A service for accommodation in an area that has no other, with so many places; put and stated as its people do. Earlier ones are full. */
export async function onlyServiceIn(area: AreaId, places: number): Promise<string> {
  const sample = sampleServices.find(({ id }) => id === 'northern-accommodation');
  if (!sample) throw new Error('the sample directory has changed');
  const { directory } = application();
  const earlier = (await directory.inArea(area)).filter(({ capacity }) => capacity.places > 0);
  for (const { id } of earlier) await statePlaces(id, 0);
  const serviceId = `only-${randomUUID()}`;
  const params = { serviceId };
  await as('contract-manager').must(putService, {
    params,
    body: { ...sample.service, name: 'The only one', areas: [area] },
    ifNoneMatch: '*',
  });
  await statePlaces(serviceId, places);
  return serviceId;
}

/** As its provider, now or from a day to come. */
export async function statePlaces(serviceId: string, places: number, from?: string): Promise<void> {
  const provider = as(`provider:${itsProvider}`);
  const params = { serviceId };
  const { etag } = await provider.must(getService, { params });
  await provider.must(stateAvailability, { params, ifMatch: etag ?? '', body: { places, ...(from ? { from } : {}) } });
}

/** Its contract gets another last day. */
export async function endContract(serviceId: string, closes: string): Promise<void> {
  const params = { serviceId };
  const { body, etag } = await as('contract-manager').must(getService, { params });
  const { id: _id, version: _version, availability: _places, effectiveness: _figures, ...service } = body;
  await as('contract-manager').must(putService, {
    params,
    ifMatch: etag ?? '',
    body: { ...service, contract: { ...service.contract, closes } },
  });
}

/** Its places as they are counted. */
export async function placesOf(serviceId: string) {
  const found = await application().directory.find(serviceId);
  if (!found) throw new Error(`there is no service ${serviceId}`);
  return capacity.parse(found.capacity);
}
