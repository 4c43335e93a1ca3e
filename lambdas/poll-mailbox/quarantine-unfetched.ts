import { createPolledMail } from '../../mail/polling/create-polled-mail.ts';
import type { TroubledMail } from '../../mail/polling/mailbox-state.ts';
import { decodeHeaderBytes, parseHeaderBlock } from '../../mail/message/header-block.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { holdUnread } from '../parse-mail/hold-unread.ts';
import type { OpenRun } from './poll-run.ts';

/** The header of a mail, if the server gives as much; a session that ends of it has done its work. */
async function readHeaderSafely({ session }: OpenRun, mail: ListedMail): Promise<Buffer> {
  try {
    for await (const { header } of session.readHeaders([mail])) return header;
  } catch {
    // The evidence is written without it.
  }
  return Buffer.alloc(0);
}

/**
 * Quarantines a mail that cannot be fetched or stored: what there is of it as its raw mail, a row
 * with the evidence, an event. In its mailbox it stays as it is.
 *
 * @throws {PeerUnavailableError}
 */
export async function quarantineUnfetched(
  run: OpenRun,
  opened: OpenedFolder,
  { id, bytes, serverId, receivedAtMs, attempts, code }: TroubledMail,
): Promise<void> {
  const { mailbox, ports, state } = run;
  const mail = { id, bytes, serverId, receivedAtMs };
  const header = await readHeaderSafely(run, mail);
  const { mailBucket } = ports;
  const place = { mailbox, folder: opened, mailBucket, begunAtMs: state.begunAtMs };
  const arrived = createPolledMail(place, mail, header);
  await ports.rawMail.writeRawMail(arrived.arrival.raw, header);
  const claimed = await ports.ledger.claimArrival(arrived);
  if (claimed.kind !== 'claimed') return;
  const what = header.length === 0 ? 'nothing of it is here' : 'only its header is here';
  const reason = `the mail could not be fetched from its mailbox ${attempts} times; ${what}`;
  const fields = parseHeaderBlock(decodeHeaderBytes(header));
  const evidence = { reason, code, stack: null, attempts, fields };
  await holdUnread(arrived, claimed.claim, evidence, ports, ports.readConfiguration());
}
