import * as z from 'zod';

/** What notices are signed with. `signsUntil`: null for the one that was made last. */
export const webhookSecret = z.object({ secret: z.string(), signsUntil: z.string().nullable() });
export type WebhookSecret = z.infer<typeof webhookSecret>;

/** Each signs until its time is over, so this many may be alive beside each other, and a signature stays short. */
export const mostSecrets = 5;

/** The secrets that sign now, the newest first. */
export const signing = (secrets: readonly WebhookSecret[], now: Date): WebhookSecret[] =>
  secrets.filter(({ signsUntil }) => signsUntil === null || signsUntil > now.toISOString());

/** A new secret beside those that still sign, which go on for as long as a receiver may take to change over. */
export function rotated(secrets: readonly WebhookSecret[], secret: string, now: Date, overlapHours: number) {
  const until = new Date(now.getTime() + overlapHours * 3_600_000).toISOString();
  const former = signing(secrets, now).map((one) => ({ ...one, signsUntil: one.signsUntil ?? until }));
  return [{ secret, signsUntil: null }, ...former] satisfies WebhookSecret[];
}
