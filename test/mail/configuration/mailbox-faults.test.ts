import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { ConfigurationError } from '../../../mail/errors.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';
import {
  readMailboxFaults,
  SAMPLE_MAILBOX,
  SAMPLE_SERVER_MAILBOX,
} from '../../support/sample-mailbox.ts';

const faultsOf = (changes: object): readonly string[] =>
  readMailboxFaults({ ...SAMPLE_MAILBOX, ...changes });

const faultsOfServer = (server: object, changes: object = {}): readonly string[] =>
  readMailboxFaults({
    ...SAMPLE_SERVER_MAILBOX,
    ...changes,
    server: { host: 'mail.example.com', security: 'implicit-tls', ...server },
  });

const faultsOfPop3 = (changes: object): readonly string[] =>
  faultsOf({ protocol: 'pop3', ...changes });

describe('a fault of a mailbox', () => {
  it('says the right name of an unknown member, however deep it stands', () => {
    expect(
      faultsOf({ folder: ['INBOX'], search: { form: 'a@b.c' }, afterwards: { mve: 'Done' } }),
    ).toEqual([
      'mailboxes[0].search.form: unknown member; did you mean from?',
      'mailboxes[0].afterwards.mve: unknown member; did you mean move?',
      'mailboxes[0].folder: unknown member; did you mean folders?',
    ]);
  });

  it('asks for a provider or a server, and not for both', () => {
    const { name, address, secret } = SAMPLE_MAILBOX;
    const { server } = SAMPLE_SERVER_MAILBOX;
    expect(readMailboxFaults({ name, address, secret })).toEqual([
      'mailboxes[0]: expected provider or server, came neither',
    ]);
    expect(faultsOf({ server })).toEqual(['mailboxes[0]: expected provider or server, came both']);
  });

  it('names the providers', () => {
    expect(faultsOf({ provider: 'gmial' })).toEqual([
      'mailboxes[0].provider: expected "gmail" or "microsoft365" or "outlook" or "icloud" or "fastmail" or "yahoo", came "gmial"',
    ]);
  });

  it.each([
    [{ name: 'Vendor' }, 'name: expected 1 to 36 of a-z, 0-9 and -, no - first, came "Vendor"'],
    [
      { address: 'invoices' },
      'address: expected an address such as invoices@example.com, came "invoices"',
    ],
    [
      { secret: '../passwords' },
      'secret: expected a name of AWS Secrets Manager such as postroom/mailboxes, came "../passwords"',
    ],
    [{ secret: 'a/./b' }, expect.stringContaining('secret: expected a name') as string],
    [{ secret: '/etc/x' }, expect.stringContaining('secret: expected a name') as string],
    [{ intervalMinutes: 0 }, 'intervalMinutes: expected at least 1, came 0'],
    [{ intervalMinutes: 1441 }, 'intervalMinutes: expected at most 1440, came 1441'],
    [{ folders: [] }, 'folders: expected at least 1 entries, came []'],
    [
      { folders: ['\\Jnuk'] },
      'folders[0]: expected a special use (\\All, \\Archive, \\Drafts, \\Flagged, \\Important, \\Junk, \\Sent, \\Trash), came "\\Jnuk"; did you mean "\\Junk"?',
    ],
    [
      { folders: ['a\r\nA1 DELETE b'] },
      'folders[0]: expected the name of a folder, without control characters, came "a\\r\\nA1 DELETE b"',
    ],
    [
      { begin: { since: '2026-02-30' } },
      'begin.since: expected a day such as 2026-01-31, came "2026-02-30"',
    ],
    [
      { begin: 'yesterday' },
      'begin: expected "now", "everything" or { since: "2026-01-31" }, came "yesterday"',
    ],
    [
      { afterwards: 'archive' },
      'afterwards: expected "leave", "mark-seen", "delete", { flag: "…" }, { move: "…" } or { deleteAfterDays: 30 }, came "archive"',
    ],
    [
      { afterwards: { flag: '\\Deleted' } },
      'afterwards.flag: expected a keyword such as Processed, or \\Flagged, \\Answered, \\Draft; "mark-seen" and "delete" do the others, came "\\\\Deleted"',
    ],
    [{ search: {} }, 'search: expected at least one criterion, or no search at all, came {}'],
    [
      { search: { from: 'a"\r\nA1 LOGOUT' } },
      'search.from: expected a text without control characters, came "a\\"\\r\\nA1 LOGOUT"',
    ],
    [
      { search: { header: { 'List Id': 'x' } } },
      "search.header['List Id']: expected the name of a header field such as List-Id",
    ],
  ])('%j is said in one sentence', (changes, fault) => {
    expect(faultsOf(changes)).toEqual([
      typeof fault === 'string' ? `mailboxes[0].${fault}` : fault,
    ]);
  });

  it('refuses what a search on the server cannot do', () => {
    expect(faultsOf({ provider: 'yahoo', search: { gmailRaw: 'has:attachment' } })).toEqual([
      'mailboxes[0].search.gmailRaw: expected no gmailRaw with Yahoo Mail: only Gmail understands it',
    ]);
    expect(faultsOf({ search: { gmailRaw: 'from:vendor is:unread' } })).toEqual([
      'mailboxes[0].search.gmailRaw: expected what cannot change for a mail, came is:unread; write search.seen',
    ]);
    expect(faultsOf({ search: { larger: 100, smaller: 101 } })).toEqual([
      'mailboxes[0].search.smaller: expected more than larger (100) and room between, came 101',
    ]);
    expect(faultsOf({ search: { larger: 100, smaller: 102, gmailRaw: 'this:unread' } })).toEqual(
      [],
    );
  });

  it('takes as many folders as fit into the row of a mailbox', () => {
    const folders = Array.from({ length: 101 }, (_, index) => `F${index}`);
    expect(faultsOf({ folders: folders.slice(1) })).toEqual([]);
    expect(faultsOf({ folders })).toEqual([
      expect.stringMatching(/^mailboxes\[0\]\.folders: expected at most 100 entries, came \["F0"/),
    ]);
  });

  it('refuses bounds that leave a mail without a way in', () => {
    expect(faultsOf({ perPoll: { bytes: 41_943_039 } })).toEqual([
      'mailboxes[0].perPoll.bytes: expected at least maxMailBytes (41943040), or a large mail would fit into no poll, came 41943039',
    ]);
    expect(faultsOf({ perPoll: { bytes: 41_943_040 } })).toEqual([]);
    expect(faultsOf({ intervalMinutes: 30, freshnessMinutes: 29 })).toEqual([
      'mailboxes[0].freshnessMinutes: expected at least intervalMinutes (30), or the mailbox were stale between two polls, came 29',
    ]);
    expect(faultsOf({ intervalMinutes: 30, freshnessMinutes: 30 })).toEqual([]);
  });

  it('refuses to move mail to where it is polled again', () => {
    const afterwards = { move: 'Work/Done' };
    const fault = (polled: string) =>
      `mailboxes[0].afterwards.move: expected a folder that is not polled itself, came "Work/Done", which folders has as "${polled}"`;
    expect(faultsOf({ folders: ['INBOX', 'work/done'], afterwards })).toEqual([fault('work/done')]);
    expect(faultsOf({ folders: ['*'], afterwards })).toEqual([fault('*')]);
    expect(faultsOf({ folders: ['Work/%'], afterwards })).toEqual([fault('Work/%')]);
    expect(faultsOf({ folders: ['%', 'Work.Done'], afterwards })).toEqual([]);
    expect(faultsOf({ afterwards: { move: 'Done*' } })).toEqual([
      'mailboxes[0].afterwards.move: expected the name of one folder, came "Done*"',
    ]);
  });

  it('refuses a second mailbox of one name, and a folder that two would poll', () => {
    expect(readMailboxFaults(SAMPLE_MAILBOX, SAMPLE_MAILBOX)).toEqual([
      'mailboxes[1].name: expected a name of its own, came "vendor", which mailboxes[0].name has already',
      'mailboxes[1].folders[0]: expected a folder that is polled once, came "INBOX", which mailboxes[0].folders[0] is already, with the same server, user and search',
    ]);
    const other = { ...SAMPLE_MAILBOX, name: 'other' };
    expect(readMailboxFaults(SAMPLE_MAILBOX, { ...other, folders: ['Bills'] })).toEqual([]);
    expect(readMailboxFaults(SAMPLE_MAILBOX, { ...other, search: { seen: false } })).toEqual([]);
    expect(readMailboxFaults(SAMPLE_MAILBOX, { ...other, user: 'other@gmail.com' })).toEqual([]);
  });
});

describe('a fault of a server', () => {
  it('lets plaintext go no further than this machine, and says why', () => {
    expect(faultsOfServer({ security: 'none' })).toEqual([
      'mailboxes[0].server.security: expected "implicit-tls" or "starttls", came "none": without TLS the password and the mail could be read on the way to mail.example.com; only 127.0.0.1, ::1 and localhost can do without',
    ]);
    const lies = ['127.0.0.1.example.com', '10.0.0.1', 'localhost.example.com', '0.0.0.0'];
    for (const host of lies) expect(faultsOfServer({ security: 'none', host })).toHaveLength(1);
    const loopback = ['127.0.0.1', '127.1.2.3', '::1', 'LocalHost'];
    for (const host of loopback) expect(faultsOfServer({ security: 'none', host })).toEqual([]);
  });

  it.each([
    [
      { port: 993, security: 'starttls' },
      'server.security: expected "implicit-tls" with port 993, where TLS begins with the first byte, came "starttls"',
    ],
    [
      { port: 143, security: 'implicit-tls' },
      'server.security: expected "starttls" with port 143, where TLS begins after a command, came "implicit-tls"',
    ],
    [
      { port: 995, security: 'implicit-tls' },
      'server.port: expected protocol: "pop3" with port 995, came "imap"',
    ],
    [
      { port: 587, security: 'starttls' },
      'server.port: expected a port of IMAP, came 587, where mail is sent and none is fetched',
    ],
    [{ port: 65_536 }, 'server.port: expected at most 65535, came 65536'],
    [{ port: 0 }, 'server.port: expected at least 1, came 0'],
    [
      { security: 'tls' },
      'server.security: expected "implicit-tls" or "starttls" or "none", came "tls"',
    ],
    [
      { host: 'mail.example.com:993' },
      'server.host: expected the name or the address of a host, came "mail.example.com:993"',
    ],
    [{ ca: 'trust me' }, 'server.ca: expected certificates in PEM form, came "trust me"'],
    [
      { rejectUnauthorized: false },
      'server.rejectUnauthorized: unknown member; expected one of host, port, security, caFile, ca',
    ],
  ])('says what is wrong with %j', (server, fault) => {
    expect(faultsOfServer(server)).toEqual([`mailboxes[0].${fault}`]);
  });

  it('takes any port that is nobody else’s', () => {
    expect(faultsOfServer({ port: 1993 })).toEqual([]);
    expect(faultsOfServer({ port: 110, security: 'starttls' }, { protocol: 'pop3' })).toEqual([]);
  });
});

describe('a fault of POP3', () => {
  it('says that iCloud has none', () => {
    expect(faultsOfPop3({ provider: 'icloud' })).toEqual([
      'mailboxes[0].protocol: iCloud Mail has no POP3; expected "imap", came "pop3"',
    ]);
  });

  it('names each thing that only IMAP has', () => {
    expect(
      faultsOfPop3({
        folders: ['INBOX', 'Bills'],
        search: { from: 'vendor.example' },
        begin: { since: '2026-01-01' },
        afterwards: 'mark-seen',
      }),
    ).toEqual([
      'mailboxes[0].folders: expected ["INBOX"] with POP3, which has no other folder, came ["INBOX","Bills"]',
      'mailboxes[0].search: expected no search with POP3, which cannot search; a rule can choose instead',
      'mailboxes[0].begin: expected "now" or "everything" with POP3, which does not say when a mail came in, came {"since":"2026-01-01"}',
      'mailboxes[0].afterwards: expected "leave", "delete" or { deleteAfterDays } with POP3, which has neither flags nor folders, came "mark-seen"',
    ]);
  });

  it.each([{ flag: 'Done' }, { move: 'Done' }])('refuses %j, too', (afterwards) => {
    expect(faultsOfPop3({ afterwards })).toHaveLength(1);
  });

  it.each(['leave', 'delete', { deleteAfterDays: 30 }])('can do %j', (afterwards) => {
    expect(faultsOfPop3({ afterwards })).toEqual([]);
  });

  it('is the only protocol whose mail waits for its deletion', () => {
    expect(faultsOf({ afterwards: { deleteAfterDays: 30 } })).toEqual([
      'mailboxes[0].afterwards: expected another than deleteAfterDays with IMAP: only POP3 mail waits for its deletion; move it to a folder that the server empties',
    ]);
  });
});

describe('a rule that asks for a mailbox', () => {
  const readRuleFaults = (when: unknown): readonly string[] => {
    try {
      parseConfiguration({
        ...createSampleConfiguration({ mailboxes: [SAMPLE_MAILBOX] }),
        rules: [
          { name: 'bills', when, then: [{ queue: 'support' }] },
          { name: 'others', when: { door: 'ses' }, then: [{ queue: 'invoices' }] },
        ],
      });
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message.split('\n');
      throw error;
    }
    return [];
  };

  it.each([{ mailbox: 'vendor' }, { mailbox: 'V*' }, { mailbox: [{ regex: 'end' }] }])(
    'may ask %j',
    (when) => {
      expect(readRuleFaults(when)).toEqual([]);
    },
  );

  it('is told the nearest name, however deep the condition stands', () => {
    expect(
      readRuleFaults({
        all: [
          { any: [{ subject: '*' }, { mailbox: ['vendor', 'vender'] }] },
          { not: { mailbox: 'x*' } },
        ],
      }),
    ).toEqual([
      'rules[0].when.all[0].any[1].mailbox[1]: expected the name of a member of mailboxes, came "vender"; did you mean "vendor"?',
      'rules[0].when.all[1].not.mailbox: expected a pattern that fits the name of a member of mailboxes, came "x*"',
    ]);
  });
});

describe('all mailboxes together', () => {
  const createMany = (count: number, change: (index: number) => object) =>
    Array.from({ length: count }, (_, index) => ({
      ...SAMPLE_MAILBOX,
      name: `vendor-${index}`,
      user: `user-${index}`,
      ...change(index),
    }));

  it('have 50 different intervals at the most', () => {
    const createSome = (count: number) =>
      createMany(count, (index) => ({ intervalMinutes: index + 1 }));
    expect(readMailboxFaults(...createSome(50))).toEqual([]);
    expect(readMailboxFaults(...createSome(51))).toEqual([
      'mailboxes: expected at most 50 different intervalMinutes, came 51',
    ]);
  });

  it('have 50 different secrets at the most', () => {
    const createSome = (count: number) =>
      createMany(count, (index) => ({ secret: `postroom/mailboxes-${index}` }));
    expect(readMailboxFaults(...createSome(50))).toEqual([]);
    expect(readMailboxFaults(...createSome(51))).toEqual([
      'mailboxes: expected at most 50 different secrets, as one may serve many mailboxes, came 51',
    ]);
  });
});
