import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { directory } from '../../shared/adapters/directory.ts';
import { MemoryTables } from '../builders/memory-table.ts';
import { today } from '../builders/referral-facts.ts';
import { aService, descriptionOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';

/** Who is told of each event of a service, on the adapter's own writes: only the tables are in memory. */
describe('O4: a change of the directory', () => {
  const tables = new MemoryTables();
  const services = directory(tables.client, { now: async () => today });
  const described = descriptionOf(aService('homes'));
  const heard = () => tables.items('record', 'SERVICE#homes', 'EVENT#').map(({ type, audience }) => [type, audience]);

  it('is told to the provider; one that hands the service over is told of that too, and of nothing after', async () => {
    await services.put('homes', null, described, sender);
    const moved = { ...described, provider: { id: 'another', name: 'Another' } };
    await services.put('homes', 1, moved, sender);
    await services.put('homes', 2, { ...moved, name: 'Renamed' }, sender);
    expect(heard()).toEqual([
      ['service.published.v1', ['directory', 'provider-of-homes']],
      ['service.changed.v1', ['directory', 'another', 'provider-of-homes']],
      ['service.changed.v1', ['directory', 'another']],
    ]);
  });
});
