import fc from 'fast-check';
import { cohortIds, needIds, sentenceTypes, settings, sexes } from '../../shared/domain/vocabulary.ts';
import { aService } from './services.ts';

/** Any service of the directory of West Yorkshire, with places or without. */
export const arbitraryService = fc
  .record({
    id: fc.uuid(),
    free: fc.integer({ min: -2, max: 30 }),
    cohort: fc.constantFrom(...cohortIds),
    needs: fc.uniqueArray(fc.constantFrom(...needIds), { minLength: 1 }),
    minimumAge: fc.constantFrom(null, 18, 40),
    maximumAge: fc.constantFrom(null, 25, 60),
    sexes: fc.subarray([...sexes], { minLength: 1 }),
    sentenceTypes: fc.uniqueArray(fc.constantFrom(...sentenceTypes), { minLength: 1 }),
    settings: fc.uniqueArray(fc.constantFrom(...settings), { minLength: 1 }),
    opens: fc.constantFrom('2025-04-01', '2026-06-16'),
    closes: fc.constantFrom(null, '2026-06-14'),
  })
  .map(({ id, opens, closes, ...rest }) => {
    const { contract } = aService(id);
    return aService(id, { ...rest, contract: { ...contract, opens, closes } });
  });
