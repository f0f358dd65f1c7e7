import * as z from 'zod';

/**
 * Months that what is held on a person is kept after their last conclusion. A claim may be brought for six years
 * (Limitation Act 1980, sections 2 and 5), and is served within months of that: hence seven years, where the retention
 * schedule of whoever answers for the data says nothing else. Less than one year would take what complaints need.
 */
export const retentionMonths = z.coerce.number().int().min(12).max(1200).default(84);
