import { protectedCharacteristics } from '../equality-monitoring.ts';
import { eventTypes } from '../events.ts';
import { taskTypes } from '../task-types.ts';
import * as vocabulary from '../vocabulary.ts';

/** Every code that this service made itself; what else looks like one is somebody's id or word. */
const codes = new Set<string>([
  ...Object.values(vocabulary).flat(),
  ...Object.values(protectedCharacteristics.shape).flatMap((one) => one.unwrap().options),
  ...taskTypes,
  ...eventTypes,
]);

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** A code in plain English: `conflict-of-interest`, `referral.sent.v1`. Anything else stays as it is. */
export const labelOf = (value: string): string =>
  codes.has(value) ? sentence(value.replace(/\.v\d+$/, '').replaceAll(/[-.]/g, ' ')) : value;

/** An attribute's name in plain English: `reportedAt`. */
export const nameOf = (name: string): string =>
  /^[A-Za-z-]+$/.test(name)
    ? sentence(
        name
          .replaceAll('-', ' ')
          .replaceAll(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`),
      )
    : name;
