import { decodeHeaderBytes, parseHeaderBlock } from '../../mail/message/header-block.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import type { OpenRun } from './poll-run.ts';
import { tellMailboxEvent } from './tell-mailbox-event.ts';

/** LIMIT: characters of a field, and fields, that an event shows. */
const MAX_VALUE_LENGTH = 500;
const MAX_FIELDS = 60;

const readFields = (header: Buffer) =>
  parseHeaderBlock(decodeHeaderBytes(header))
    .slice(0, MAX_FIELDS)
    .map(({ name, value }) => ({
      name: name.slice(0, MAX_VALUE_LENGTH),
      value: value.slice(0, MAX_VALUE_LENGTH).toWellFormed(),
    }));

/** Tells of a mail whose body is not fetched; without a header it is only counted. */
export async function tellOversize(
  { mailbox, ports }: OpenRun,
  { path, generation }: OpenedFolder,
  { id, bytes, receivedAtMs }: ListedMail,
  header: Buffer | undefined,
): Promise<void> {
  await tellMailboxEvent(
    mailbox,
    {
      type: 'mail.oversize',
      occasion: JSON.stringify([path, generation, id]),
      told: {
        folder: path,
        id,
        bytes,
        maxMailBytes: mailbox.maxMailBytes,
        receivedAt: receivedAtMs === undefined ? null : new Date(receivedAtMs).toISOString(),
        headers: header === undefined ? null : readFields(header),
      },
    },
    ports,
  );
}
