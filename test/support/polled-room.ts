import { onTestFinished } from 'vitest';
import { createLedgerTable } from '../../local/queues/create-ledger-table.ts';
import { createLocalQueues, createMailDoor } from '../../local/queues/create-resources.ts';
import type {
  Configuration,
  ConfigurationInput,
} from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { type AwsUnderTest, EMBEDDED } from './aws-under-test.ts';
import { createRoomQueues } from './create-room-queues.ts';
import type { DovecotMailbox } from './dovecot/dovecot-mailbox.ts';
import type { Dovecot } from './dovecot/start-dovecot.ts';
import { wireRoom } from './wire-room.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

/** Longer than any interval: what is due at all is due then. */
const DAY_MS = 24 * 3_600_000;

/** Puts the mailboxes of a configuration on a server of the test; all else stays as it is. */
function moveMailboxes(
  { mailboxes = [], ...rest }: ConfigurationInput,
  { ca, ports }: Dovecot,
): Configuration {
  const server = { host: '127.0.0.1', security: 'implicit-tls', ca, port: ports.imaps } as const;
  const move = ({ provider: _, ...mailbox }: MailboxInput): MailboxInput => ({
    ...mailbox,
    server,
  });
  return parseConfiguration({ ...rest, mailboxes: mailboxes.map(move) });
}

async function startAws(configuration: Configuration): Promise<AwsUnderTest> {
  const aws = await EMBEDDED.start();
  onTestFinished(() => aws.close());
  const { environment } = configuration;
  await createLedgerTable(aws.dynamodb, tableName(environment));
  await createLocalQueues(aws.clients, configuration);
  await createMailDoor(aws.clients, environment);
  return aws;
}

/**
 * A team's whole mail room: its configuration with the mailboxes on Dovecot, the emulators, and
 * poll-mailbox and parse-mail as they are deployed. Ends with the test.
 */
export async function startPolledRoom(dovecot: Dovecot, input: ConfigurationInput) {
  const configuration = moveMailboxes(input, dovecot);
  const aws = await startAws(configuration);
  const mailboxes = new Map<string, DovecotMailbox>(
    configuration.mailboxes.map(({ name }) => [name, dovecot.createMailbox()]),
  );
  const findMailbox = (name: string): DovecotMailbox => {
    const mailbox = mailboxes.get(name);
    if (mailbox === undefined) throw new Error(`the configuration has no mailbox ${name}`);
    return mailbox;
  };
  let passedMs = 0;
  const room = wireRoom({
    aws,
    configuration,
    clock: { now: () => Date.now() + passedMs },
    findCredential: (name) => findMailbox(name).credential,
  });
  return {
    ...createRoomQueues(aws, configuration),
    /** The mailbox of this name in the configuration. */
    findMailbox,
    /** Lets the mailbox's time come, polls it, and handles what came in. */
    poll: async (mailbox: string): Promise<void> => {
      passedMs += DAY_MS;
      await room.poll(mailbox);
      await room.parse();
    },
  };
}
