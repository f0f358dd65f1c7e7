import { createHash, randomUUID } from 'node:crypto';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { wholeRecords } from '../../shared/adapters/whole-records.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { makeRecordExport as contract } from '../../shared/contracts/routes/records.ts';
import { noteExport } from '../../shared/domain/commands/records.ts';
import { partsOf, type RecordExport } from '../../shared/domain/record-export/document.ts';
import { exportMarks, legend } from '../../shared/domain/record-export/entry.ts';
import { entryHtml, exportPage, pageStyle } from '../../shared/domain/record-export/page.ts';
import type { WholeRecords } from '../../shared/ports/records.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { heldOn } from '../middleware/whole-record.ts';

/**
 * Lambda answers 6 MB at most. An item is 400 KB at most, at most six times as much once it is escaped; so no part is
 * larger, and each stays well below.
 */
const largestPart = 4_500_000;
const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/** The only style that a browser may take from the page, as its Content-Security-Policy says. */
const styleHash = `sha256-${createHash('sha256').update(pageStyle).digest('base64')}`;

type ExportPorts = Pick<Ports, 'clients' | 'clock' | 'referrals'> & { records: WholeRecords };

/**
 * Everything held on one person, for the case system that sent their referrals: the service works for it, and it answers
 * to the person. A named person must ask, and that they did stands in the history of each referral (ADR 24).
 */
export const makeRecordExport = (ports: ExportPorts) =>
  endpoint(contract, ports, async ({ body, caller, traceparent, asAlternate }) => {
    if (!caller.person) throw new ProblemError('missing-header', 'X-On-Behalf-Of must name who answers for it.');
    const { crn, referrals, entries, heldByOthers } = await heldOn(ports.records, caller, body);
    const removed = referrals.flatMap(({ id: referralId, referenceNumber, removedAt }) =>
      removedAt ? { referralId, referenceNumber, removedAt } : [],
    );
    const parts = partsOf(entries, largestPart, (entry) =>
      sizeOf(asAlternate ? entryHtml(entry).text : JSON.stringify(entry)),
    );
    const part = parts[body.part - 1];
    if (!part) throw new NotFound(`part ${body.part}`);
    const exportId = randomUUID();
    for (const { id } of referrals.filter(({ removedAt }) => !removedAt)) {
      const by = { by: actorOf(caller), traceparent };
      const command = { exportId, reason: body.reason };
      accepted(await ports.referrals.execute(id, {}, (state, context) => noteExport(state, command, context), by));
    }
    const document: RecordExport = {
      exportId,
      crn,
      madeAt: (await ports.clock.now()).toISOString(),
      madeBy: actorOf(caller),
      reason: body.reason,
      part: { number: body.part, of: parts.length },
      legend: exportMarks.map((mark) => ({ mark, meaning: legend[mark] })),
      heldByOthers,
      removed,
      entries: part,
    };
    if (asAlternate) return { status: status.ok, alternate: true, body: exportPage(document, styleHash) };
    return { status: status.ok, body: document };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  // Nothing waits for it to be noted, so there is nothing to wake.
  return makeRecordExport({ clock, clients, referrals: referralsOf({ client: db, clock }), records: wholeRecords(db) });
});
