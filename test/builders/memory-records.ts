import type { HeldItem } from '../../shared/domain/record-export/entry.ts';
import type { WholeRecords } from '../../shared/ports/records.ts';
import type { Memory } from './memory.ts';

/** Everything that a memory holds, under the keys that the tables have. */
export function memoryRecords(memory: Memory, planted: HeldItem[] = []): WholeRecords {
  return {
    async onCrn(crn) {
      const own = [...memory.roots.values()].filter(({ referral }) => referral.crn === crn);
      const items = own.flatMap(({ referral: { id }, confidential }) => [
        { key: `REFERRAL#${id}#PERSON`, content: { ...confidential } },
        ...[...memory.written]
          .filter(([key]) => key.startsWith(`${id}/`))
          .map(([key, words]) => ({ key: `REFERRAL#${id}#TEXT#${key.slice(id.length + 1)}`, content: { words } })),
      ]);
      const equality = own.flatMap(({ referral: { id } }) => {
        const record = memory.equalityRecords.get(id);
        return record ? [{ key: `REFERRAL#${id}`, content: { ...record } }] : [];
      });
      return { items: [...items, ...planted], equality };
    },
    referral: async (id) => memory.roots.get(id)?.referral,
    ofReferral: async (referral) => [
      { key: 'REFERRAL', content: { ...referral } },
      ...memory.historyOf(referral.id).map(({ pk: _pk, sk, ...content }) => ({ key: sk, content })),
      ...[...memory.taskRecords.values()]
        .filter(({ referralId }) => referralId === referral.id)
        .map((task) => ({ key: 'TASK', content: { ...task } })),
    ],
  };
}
