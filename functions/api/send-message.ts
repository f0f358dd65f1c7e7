import { sendMessage as contract } from '../../shared/contracts/routes/messages.ts';
import { sendMessage as decide } from '../../shared/domain/commands/messages.ts';
import type { DomainEvent } from '../../shared/domain/events.ts';
import { accepted, optionsOf } from '../middleware/commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { commandingMessages, type MessagePorts, mayTalk, messageIn, showMessage } from '../middleware/messages.ts';

/** O1, O2: sends a message; sent again with its key, it is the same message. */
export const sendMessage = (ports: MessagePorts) =>
  endpoint(contract, ports, async (request) => {
    const { params, body, caller } = request;
    const { messages, referrals, clock } = ports;
    const former = body.inReplyTo ? await messages.find(params.referralId, body.inReplyTo) : undefined;
    const from = caller.role === 'provider' ? 'provider' : 'practitioner';
    const options = { ...optionsOf(contract, request, mayTalk(caller, await clock.now())), resource: sentMessage };
    const { state, replayed } = accepted(
      await referrals.execute(
        params.referralId,
        {},
        (before, context) => decide(before, { ...body, from, former }, context),
        options,
      ),
    );
    const message = replayed ? await messages.find(params.referralId, replayed.resourceId ?? '') : state.message;
    return { status: status.ok, body: await showMessage(referrals, state.referral, messageIn({ ...state, message })) };
  });

function sentMessage(events: DomainEvent[]): string | undefined {
  const sent = events.find((event) => event.type === 'message.sent.v1');
  return sent?.type === 'message.sent.v1' ? sent.data.messageId : undefined;
}

export const handler = deployed(() => sendMessage(commandingMessages()));
