import * as z from 'zod';

/** What the functions behind the API are told of their issuer; parsed at first use. */
const settings = z.object({
  /** The claim that names the client: `client_id` with Cognito, `azp` or `sub` elsewhere. */
  CLIENT_ID_CLAIM: z.string().min(1).default('client_id'),
});
let parsed: z.infer<typeof settings> | undefined;

export function clientIdClaim(): string {
  parsed ??= settings.parse(process.env);
  return parsed.CLIENT_ID_CLAIM;
}
