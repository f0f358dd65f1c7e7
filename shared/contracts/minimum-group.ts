import * as z from 'zod';
import { roundedTo } from '../domain/effectiveness.ts';

/** The fewest people of whom figures are told (`REFERRALS_MINIMUM_GROUP`): a multiple of what figures are rounded to. */
export const minimumGroup = z.coerce.number().int().positive().multipleOf(roundedTo).default(10);
