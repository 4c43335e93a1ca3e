import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { pickPollMailboxConfiguration } from '../../../mail/configuration/poll-mailbox-configuration.ts';
import { resolveMailboxServer } from '../../../mail/configuration/resolve-mailbox-server.ts';
import { canSearchChange } from '../../../mail/configuration/search-schema.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import {
  createMailbox,
  SAMPLE_MAILBOX,
  SAMPLE_SERVER_MAILBOX,
} from '../../support/sample-mailbox.ts';

describe('mailboxes', () => {
  it('are none where none is written', () => {
    expect(parseConfiguration(createSampleConfiguration()).mailboxes).toEqual([]);
  });

  it('have every default filled in', () => {
    expect(createMailbox()).toEqual({
      ...SAMPLE_MAILBOX,
      protocol: 'imap',
      user: 'Invoices@Example.com',
      folders: ['INBOX'],
      begin: 'now',
      afterwards: 'leave',
      intervalMinutes: 5,
      perPoll: { messages: 500, bytes: 209_715_200 },
      maxMailBytes: 41_943_040,
      oversize: 'headers-only',
      headersFirst: false,
      freshnessMinutes: 60,
    });
  });

  it('take the largest mail from the limits of the configuration', () => {
    const { mailboxes } = parseConfiguration(
      createSampleConfiguration({
        limits: { mailBytes: 5_000_000 },
        mailboxes: [
          SAMPLE_MAILBOX,
          { ...SAMPLE_MAILBOX, name: 'small', folders: ['A'], maxMailBytes: 2000 },
        ],
      }),
    );
    expect(mailboxes.map(({ maxMailBytes }) => maxMailBytes)).toEqual([5_000_000, 2000]);
  });

  it.each([
    [1, 60],
    [20, 60],
    [21, 63],
    [1440, 4320],
  ])('polled every %i minutes are stale after %i', (intervalMinutes, freshnessMinutes) => {
    expect(createMailbox({ intervalMinutes }).freshnessMinutes).toBe(freshnessMinutes);
  });

  it('go with the functions that poll, as plain JSON', () => {
    const configuration = parseConfiguration(
      createSampleConfiguration({ mailboxes: [SAMPLE_MAILBOX] }),
    );
    const picked = pickPollMailboxConfiguration(configuration);
    expect(JSON.parse(JSON.stringify(picked))).toEqual(picked);
    expect(picked.mailboxes).toEqual([createMailbox()]);
  });
});

describe('resolveMailboxServer', () => {
  it.each([
    ['gmail', 'imap', 'imap.gmail.com', 993],
    ['gmail', 'pop3', 'pop.gmail.com', 995],
    ['microsoft365', 'imap', 'outlook.office365.com', 993],
    ['outlook', 'pop3', 'outlook.office365.com', 995],
    ['icloud', 'imap', 'imap.mail.me.com', 993],
    ['fastmail', 'imap', 'imap.fastmail.com', 993],
    ['yahoo', 'pop3', 'pop.mail.yahoo.com', 995],
  ] as const)('knows where %s has %s', (provider, protocol, host, port) => {
    const mailbox = createMailbox({ provider, protocol });
    expect(resolveMailboxServer(mailbox)).toEqual({
      protocol,
      host,
      port,
      security: 'implicit-tls',
      ca: undefined,
    });
  });

  it.each([
    ['imap', 'implicit-tls', 993],
    ['imap', 'starttls', 143],
    ['pop3', 'implicit-tls', 995],
    ['pop3', 'starttls', 110],
  ] as const)('takes the usual port of %s with %s', (protocol, security, port) => {
    const server = { host: 'Mail.Example.com', security };
    const mailbox = createMailbox({ protocol, server }, SAMPLE_SERVER_MAILBOX);
    expect(resolveMailboxServer(mailbox)).toEqual({
      protocol,
      host: 'mail.example.com',
      port,
      security,
      ca: undefined,
    });
  });

  it('takes the port and the certificates that are written', () => {
    const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const server = { host: 'mail.example.com', security: 'starttls', port: 1143, ca } as const;
    expect(resolveMailboxServer(createMailbox({ server }, SAMPLE_SERVER_MAILBOX))).toMatchObject({
      port: 1143,
      ca,
    });
  });

  it('does not fall back to public authorities when nobody has read the file of certificates', () => {
    const server = { host: 'mail.example.com', security: 'starttls', caFile: 'ca.pem' } as const;
    const mailbox = createMailbox({ server }, SAMPLE_SERVER_MAILBOX);
    expect(() => resolveMailboxServer(mailbox)).toThrow(
      'mailboxes.vendor.server.caFile: expected the certificates of ca.pem to have been read',
    );
  });
});

describe('canSearchChange', () => {
  it.each([
    [{ from: 'a@b.example', since: '2026-01-31', larger: 10, gmailRaw: 'has:attachment' }, false],
    [{ seen: false }, true],
    [{ from: 'a@b.example', flagged: true }, true],
    [{ keywords: ['Processed'] }, true],
  ])('says of %j: %s', (search, canChange) => {
    expect(canSearchChange(search)).toBe(canChange);
  });
});
