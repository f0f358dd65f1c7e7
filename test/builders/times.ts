/** Times of one week, Monday 15 to Friday 19 June 2026, in UTC: London is an hour ahead, with no holiday in it. */
const inJune = (day: number) => (time: string) => new Date(`2026-06-${day}T${time}:00Z`);
export const monday = inJune(15);
export const tuesday = inJune(16);
export const wednesday = inJune(17);
export const thursday = inJune(18);
export const friday = inJune(19);

export const at = (when: Date | string): Date => new Date(when);
