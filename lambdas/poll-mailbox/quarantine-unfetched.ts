import { createPolledMail } from '../../mail/polling/create-polled-mail.ts';
import type { TroubledMail } from '../../mail/polling/mailbox-state.ts';
import { ArrivalBusyError } from '../../mail/errors.ts';
import type { ClaimedArrival, StoredQuarantine } from '../../mail/ledger/ledger.ts';
import { decodeHeaderBytes, parseHeaderBlock } from '../../mail/message/header-block.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { quarantineFailed } from '../quarantine-failed.ts';
import { pickShownFields } from '../quarantine-mail.ts';
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

/** Stores what is told of it before anybody is told: a retry tells the same. */
async function giveUp(
  { mailbox, ports }: OpenRun,
  { attempts, code }: TroubledMail,
  { claim }: ClaimedArrival,
  header: Buffer,
): Promise<StoredQuarantine> {
  const what = header.length === 0 ? 'nothing of it is here' : 'only its header is here';
  const quarantine: StoredQuarantine = {
    code,
    reason: `the mail could not be fetched from its mailbox ${attempts} times; ${what}`,
    stack: null,
    mailId: null,
    recipients: [mailbox.address],
    attempts,
    fields: pickShownFields(parseHeaderBlock(decodeHeaderBytes(header))),
  };
  await ports.ledger.recordQuarantine(claim, quarantine);
  return quarantine;
}

/**
 * Quarantines a mail that cannot be fetched or stored: what there is of it as its raw mail, a row
 * with the evidence, an event. In its mailbox it stays as it is.
 *
 * @throws {ArrivalBusyError} When another has its arrival.
 * @throws {PeerUnavailableError}
 */
export async function quarantineUnfetched(
  run: OpenRun,
  opened: OpenedFolder,
  trouble: TroubledMail,
): Promise<void> {
  const { mailbox, ports, state } = run;
  const { id, bytes, serverId, receivedAtMs } = trouble;
  const mail = { id, bytes, serverId, receivedAtMs };
  const header = await readHeaderSafely(run, mail);
  const { mailBucket } = ports;
  const place = { mailbox, folder: opened, mailBucket, begunAtMs: state.begunAtMs };
  const arrived = createPolledMail(place, mail, header);
  await ports.rawMail.writeRawMail(arrived.arrival.raw, header);
  const claimed = await ports.ledger.claimArrival(arrived);
  if (claimed.kind === 'done') return;
  if (claimed.kind === 'busy') throw new ArrivalBusyError(claimed.leaseUntilMs);
  const quarantine = claimed.quarantine ?? (await giveUp(run, trouble, claimed, header));
  const configuration = ports.readConfiguration();
  await quarantineFailed(arrived, claimed, quarantine, ports, { configuration });
}
