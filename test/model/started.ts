import { expect } from 'vitest';
import { InProcess } from './in-process.ts';
import { faultsOfPlaces } from './invariants.ts';
import { facts } from './play.ts';
import { Session } from './session.ts';
import type { Coverage } from './table.ts';

/** A fresh session: every third as a draft, every fourth without an area, so that something is missing. */
export async function started(coverage: Coverage, n: number): Promise<Session> {
  const world = await new InProcess().opened();
  const sent = n % 4 === 1 ? facts.with({ area: null }) : facts;
  return new Session(world, { ...sent }, coverage, n % 3 === 0).start();
}

export async function expectPlacesKept({ world, stored }: Session): Promise<void> {
  expect(faultsOfPlaces(await world.services(), [stored])).toEqual([]);
}
