import { ProblemError } from '../../shared/contracts/problems.ts';
import { readMessage as contract } from '../../shared/contracts/routes/messages.ts';
import { readMessage as decide } from '../../shared/domain/commands/messages.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import { accepted, optionsOf } from '../middleware/commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import {
  commandingMessages,
  isInConversation,
  type MessagePorts,
  mayTalk,
  messageIn,
  showMessage,
} from '../middleware/messages.ts';

/** O1, O2: the receipt of a message, by whom it was sent to. */
export const readMessage = ({ clients, clock, referrals }: Omit<MessagePorts, 'messages'>) =>
  endpoint(contract, { clients }, async (request) => {
    const { params, caller } = request;
    const now = await clock.now();
    const may = (state: ReferralState): boolean =>
      mayTalk(caller, now)(state) && isInConversation(caller)(messageIn(state));
    const options = optionsOf(contract, request, may);
    const { state } = accepted(
      await referrals.execute(
        params.referralId,
        { messageId: params.messageId },
        (before, context) => {
          if (messageIn(before).to !== caller.role)
            throw new ProblemError('forbidden', 'Only who receives a message says that it was read.');
          return decide(before, {}, context);
        },
        options,
      ),
    );
    return { status: status.ok, body: await showMessage(referrals, state.referral, messageIn(state)) };
  });

export const handler = deployed(() => readMessage(commandingMessages()));
