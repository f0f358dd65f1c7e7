import type { ReceivedEvent } from './subscriber.ts';

/** How what a subscriber received of one referral compares with the referral's own history. */
export interface Arrival {
  recorded: number;
  /** Different events. */
  received: number;
  /** The same event again: allowed, and told apart by its id. */
  repeated: number;
  /** Sequence numbers of the history that did not arrive. */
  missing: number[];
  /** What else is wrong: events that the history does not have, or a history that is not 1 to n itself. */
  faults: string[];
}

export function arrivalOf(
  history: readonly { id: string; sequence: number; type: string }[],
  arrived: readonly Omit<ReceivedEvent, 'referralId'>[],
): Arrival {
  const distinct = new Map(arrived.map((event) => [event.id, event]));
  const faults: string[] = [];
  const disordered = history.findIndex(({ sequence }, index) => sequence !== index + 1);
  if (disordered >= 0) faults.push(`the history itself has no event ${disordered + 1} where it should stand`);
  const recorded = new Map(history.map((item) => [item.id, item]));
  for (const { id, type, sequence } of distinct.values()) {
    const item = recorded.get(id);
    if (item?.sequence === sequence && item.type === type) continue;
    faults.push(`${type} arrived as number ${sequence}, which is not what the history says`);
  }
  return {
    recorded: history.length,
    received: distinct.size,
    repeated: arrived.length - distinct.size,
    missing: history.filter(({ id }) => !distinct.has(id)).map(({ sequence }) => sequence),
    faults,
  };
}

export const isWhole = ({ missing, faults }: Arrival): boolean => missing.length === 0 && faults.length === 0;
