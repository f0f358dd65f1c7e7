import * as z from 'zod';
import { appointmentModes } from './allocation.ts';
import { groupReasons, outputRows } from './vocabulary.ts';

const time = z.iso.datetime();

/** The most people that one group session may have places for: its seats stand in one item. */
export const mostPlaces = 50;

/** Whose appointment takes a place in a group session (L4). */
export const seat = z.object({ referralId: z.string(), allocationId: z.string(), appointmentId: z.string() });
export type Seat = z.infer<typeof seat>;

/**
 * L4: a meeting of several people with one caseworker of a provider: an aggregate of its own (ADR 26). It has no title,
 * and nothing of it but its time, mode and place ever reaches the record of those who attend.
 */
export const groupSession = z.object({
  id: z.string(),
  providerId: z.string(),
  serviceId: z.string(),
  /** Who leads it: their diary is taken once, however many attend. */
  caseworkerId: z.string(),
  outputRows: z.array(z.enum(outputRows)),
  startsAt: time,
  durationMinutes: z.int(),
  mode: z.enum(appointmentModes),
  /** How many may attend. */
  places: z.int(),
  status: z.enum(['planned', 'cancelled']),
  /** Counts what its provider changed; who comes and goes does not. */
  version: z.int(),
  /** Number of its last event. */
  sequence: z.int(),
  /** Counts how often its time or place changed, or that it was cancelled: what attendees' appointments follow. */
  revision: z.int(),
  /** Why it was last changed so. */
  revisedFor: z.enum(groupReasons).nullable(),
  seats: z.array(seat),
});
export type GroupSession = z.infer<typeof groupSession>;
