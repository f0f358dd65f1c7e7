import { type Role, roles } from '../domain/vocabulary.ts';

/** The OAuth resource server; a token's one scope `referrals/<role>` names its client's role. */
export const resourceServer = 'referrals';

export const scopeOf = (role: Role): `${typeof resourceServer}/${Role}` => `${resourceServer}/${role}`;

export { type Role, roles };
