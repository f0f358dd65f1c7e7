import { changeDraft as contract } from '../../shared/contracts/routes/referrals.ts';
import { changeDraft as decide } from '../../shared/domain/commands/draft.ts';
import { senderView } from '../../shared/domain/views/draft-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { sendersChange } from '../middleware/sender-commands.ts';
import { draftDays } from '../middleware/settings.ts';

/** L1: saves a draft anew, as a whole. What would stop it from being sent is said, and stops nothing. */
export const changeDraft = (ports: Pick<Ports, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const command = { facts: request.body, keptDays: draftDays() };
    const state = await sendersChange(contract, ports, request, (draft, context) => decide(draft, command, context));
    return { status: status.ok, body: senderView(state, await ports.clock.now()), version: state.referral.version };
  });

export const handler = deployed(() => changeDraft(commanding()));
