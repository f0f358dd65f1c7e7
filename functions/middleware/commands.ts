import { canonicalHash } from '../../shared/adapters/hash.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError, refusals } from '../../shared/contracts/problems.ts';
import { isRefusal, type ReferralState, type Refusal } from '../../shared/domain/decision.ts';
import type { Caller, CommandOptions, Committed } from '../../shared/ports.ts';
import type { Asked } from './endpoint.ts';
import { note } from './observe.ts';

/** Whose version the caller's `If-Match` speaks of. */
type VersionOf = (state: ReferralState) => number | undefined;
export const ofReferral: VersionOf = ({ referral }) => referral.version;
export const ofAllocation: VersionOf = ({ allocation }) => allocation?.version;
export const ofAppointment: VersionOf = ({ appointment }) => appointment?.version;
export const ofOnwardLink: VersionOf = ({ onwardLink }) => onwardLink?.version;

export const actorOf = ({ organisation, client, person }: Caller) => ({
  organisation,
  client,
  ...(person ? { person } : {}),
});

/** What every command takes from its request: who, on which version, under which key, in which trace. */
export function optionsOf<C extends EndpointContract>(
  contract: C,
  { caller, idempotencyKey, ifMatch, traceparent, params, body }: Asked<C>,
  may: (state: ReferralState) => boolean,
  versionOf?: VersionOf,
): CommandOptions {
  return {
    by: actorOf(caller),
    traceparent,
    precondition: (state) => {
      note({ referralId: state.referral.id });
      if (!may(state)) throw new NotFound('not theirs');
      if (versionOf && ifMatch !== undefined && versionOf(state) !== ifMatch) throw new ProblemError('stale');
    },
    ...(idempotencyKey
      ? {
          idempotency: {
            client: caller.client,
            route: contract.name,
            key: idempotencyKey,
            hash: canonicalHash({ params, body }),
          },
        }
      : {}),
  };
}

/** A refusal as its problem. */
export function accepted(outcome: Committed | Refusal): Committed {
  if (isRefusal(outcome)) throw refused(outcome);
  return outcome;
}

export const refused = ({ refused: code, detail, faults, needs }: Refusal): ProblemError =>
  new ProblemError(refusals[code], detail, {
    ...(faults ? { errors: faults } : {}),
    ...(needs ? { needs } : {}),
  });

/** May this caller read the referral at all, and if a provider, its own part of it? Anything else does not exist. */
export const isSenderOf =
  ({ role, organisation }: Caller) =>
  ({ referral }: ReferralState): boolean =>
    role === 'practitioner' && referral.organisation === organisation;

export const deliversAllocation =
  ({ role, organisation }: Caller) =>
  ({ allocation }: ReferralState): boolean =>
    role === 'provider' && allocation?.providerId === organisation;
