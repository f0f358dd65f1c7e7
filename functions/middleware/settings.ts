import * as z from 'zod';

/** What the functions behind the API are told; parsed at first use. */
const settings = z.object({
  /** The claim that names the client: `client_id` with Cognito, `azp` or `sub` elsewhere. */
  CLIENT_ID_CLAIM: z.string().min(1).default('client_id'),
  /** Days that a draft is kept after the last change to it. */
  DRAFT_DAYS: z.coerce.number().int().min(1).default(90),
});
let parsed: z.infer<typeof settings> | undefined;

function told(): z.infer<typeof settings> {
  parsed ??= settings.parse(process.env);
  return parsed;
}

export const clientIdClaim = (): string => told().CLIENT_ID_CLAIM;
export const draftDays = (): number => told().DRAFT_DAYS;
