import { buffer } from 'node:stream/consumers';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { pollMailbox } from '../../lambdas/poll-mailbox/poll-mailbox.ts';
import type { PollOptions, PollPorts } from '../../lambdas/poll-mailbox/ports.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { pickPollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import type { ArrivalNotice } from '../../mail/contracts/arrived-mail.ts';
import { type MailboxEvent, mailboxEventSchema } from '../../mail/contracts/mailbox-events.ts';
import { mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import type { MailboxCredential } from '../../mail/ports/mailbox-ports.ts';
import { createMemoryKnownLists, createMemoryMailboxStates } from './memory-mailbox-states.ts';
import { createMemoryMailbox } from './memory-mailbox.ts';
import { createMemoryRoom } from './memory-room.ts';
import { createSampleConfiguration } from './sample-configuration.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

const LEASE_SECONDS = 330;
const BUCKET = 'mail-bucket';

const SAMPLE: MailboxInput = {
  name: 'vendor',
  address: 'vendor@elsewhere.example',
  server: { host: 'mail.example.com', security: 'implicit-tls' },
  secret: 'postroom/mailboxes',
};

/** What a test may change of a world. */
export interface PollWorldOptions {
  readonly mailbox?: Partial<MailboxInput>;
  readonly configuration?: Partial<ConfigurationInput>;
  /** Puts something between the poll and its ports: tests make it fail. */
  readonly wrapPorts?: (ports: PollPorts) => PollPorts;
}

/** A mailbox in memory, the poll over stores in memory, and parse-mail behind it. */
export function createPollWorld({
  mailbox: changes = {},
  configuration: input = {},
  wrapPorts = (ports) => ports,
}: PollWorldOptions = {}) {
  const { server: sampleServer, ...sample } = SAMPLE;
  const whereabouts = changes.provider === undefined ? { server: sampleServer } : {};
  // One of both is there.
  const mailboxInput = { ...sample, ...whereabouts, ...changes } as MailboxInput;
  const room = createMemoryRoom({}, { configuration: { ...input, mailboxes: [mailboxInput] } });
  const configuration = pickPollMailboxConfiguration(
    parseConfiguration({ ...createSampleConfiguration(input), mailboxes: [mailboxInput] }),
  );
  const [mailbox] = configuration.mailboxes;
  if (mailbox === undefined) throw new Error('one mailbox goes in and none comes out');
  const server = createMemoryMailbox({ protocol: mailbox.protocol });
  const states = createMemoryMailboxStates(room.clock, LEASE_SECONDS);
  const knownLists = createMemoryKnownLists();
  const notices: ArrivalNotice[] = [];
  const credentials = { current: 'secret', cached: 'secret', reads: 0 };
  const ports = wrapPorts({
    states,
    knownLists,
    credentials: {
      readCredential(_, isFresh) {
        if (isFresh) credentials.cached = credentials.current;
        credentials.reads += 1;
        const credential: MailboxCredential = {
          kind: 'password',
          user: 'vendor',
          password: credentials.cached,
        };
        return Promise.resolve(credential);
      },
    },
    openSession: (options) => server.open(options),
    rawMail: {
      async writeRawMail({ bucket, key }, content) {
        const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
        room.objects.set(`${bucket}/${key}`, bytes);
      },
    },
    arrivals: {
      announceArrivals(some) {
        if (some.length > 10) throw new Error('expected ten notices at the most');
        notices.push(...some);
        return Promise.resolve();
      },
    },
    ledger: room.ledger,
    quarantine: room.quarantine,
    events: room.events,
    mime: createMailparserMimeParser(),
    clock: room.clock,
    readRandom: () => 0.5,
    mailBucket: BUCKET,
    readConfiguration: () => configuration,
  });

  /** Lets parse-mail have what was announced since the last time. */
  const handleArrivals = async (): Promise<void> => {
    while (notices.length > 0) await room.invoke(...notices.splice(0, 10));
  };

  const readBodies = (type: string): readonly unknown[] =>
    room.sent
      .map(({ body }) => JSON.parse(body) as { readonly type: string })
      .filter((event) => event.type.startsWith(type));

  return {
    room,
    server,
    states,
    knownLists,
    credentials,
    notices,
    mailbox,
    ports,
    handleArrivals,
    /** The mailbox's row. */
    readRow: () => states.rows.get(mailbox.name),
    /** Polls as the deployed function does, whether it is time or not. */
    poll: (options: Partial<PollOptions> = {}) =>
      pollMailbox(mailbox, ports, {
        deadlineAtMs: room.clock.now() + 300_000,
        isActing: true,
        isForced: true,
        ...options,
      }),
    /** What consumers have got, by Message-ID; each event once, as they see it. */
    readReceived(): readonly (string | null)[] {
      const events = readBodies('mail.received').map((event) => mailReceivedSchema.parse(event));
      const byId = new Map(events.map((event) => [event.eventId, event.messageId]));
      return [...byId.values()];
    },
    /** What was told of the mailbox. */
    readNews: (): readonly MailboxEvent[] =>
      [...readBodies('mailbox.'), ...readBodies('mail.oversize')].map((event) =>
        mailboxEventSchema.parse(event),
      ),
    /** Keys of the raw mails in S3. */
    readRawKeys: (): readonly string[] =>
      [...room.objects.keys()].map((name) => name.slice(BUCKET.length + 1)),
  };
}

/** A mail that is like no other. */
export const createPolledMailText = (
  name: string,
  { text = 'Hello\r\n', subject = name } = {},
): string =>
  [
    'Return-Path: <bounces@sender.example>',
    'Received: from a by b; Tue, 24 Nov 2026 09:59:58 +0100',
    'From: Ann <ann@sender.example>',
    'To: vendor@elsewhere.example',
    `Subject: ${subject}`,
    'Date: Tue, 24 Nov 2026 09:59:57 +0100',
    `Message-ID: <${name}@sender.example>`,
    '',
    text,
  ].join('\r\n');
