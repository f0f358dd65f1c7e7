import { NotFound } from '../../shared/contracts/errors.ts';
import { listMessages as contract } from '../../shared/contracts/routes/messages.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';
import {
  isInConversation,
  type MessageReadingPorts,
  mayTalk,
  readingMessages,
  showMessage,
} from '../middleware/messages.ts';
import { note } from '../middleware/observe.ts';

/** O1, O2: the messages of a referral that the caller has sent or received. */
export const listMessages = (ports: MessageReadingPorts) =>
  endpoint(contract, ports, async ({ params: { referralId }, query, caller }) => {
    const { clock, messages, referrals } = ports;
    const state = await referrals.load(referralId);
    if (!state || !mayTalk(caller, await clock.now())(state)) throw new NotFound(referralId);
    note({ referralId });
    const read = (page: typeof query) => messages.list(referralId, page);
    const { items, cursor } = await filledPage(read, query, isInConversation(caller));
    const shown = items.map((message) => showMessage(referrals, state.referral, message));
    return { status: status.ok, body: { items: await Promise.all(shown), cursor } };
  });

export const handler = deployed(() => listMessages(readingMessages()));
