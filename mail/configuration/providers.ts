import type { Provider, ProviderEndpoint } from './provider.ts';

/** The providers whose hosts and limits need not be written. */
export const PROVIDER_NAMES = [
  'gmail',
  'microsoft365',
  'outlook',
  'icloud',
  'fastmail',
  'yahoo',
] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

const MB = 1_000_000;

const tls = (host: string, port: number): ProviderEndpoint => ({
  host,
  port,
  security: 'implicit-tls',
});
const startTls = (host: string): ProviderEndpoint => ({ host, port: 587, security: 'starttls' });

const GOOGLE_LIMITS = 'https://support.google.com/a/answer/1071518';
const GOOGLE_CLIENTS = 'https://support.google.com/mail/answer/7126229';
const GOOGLE_POP = 'https://support.google.com/mail/answer/7104828';
const GOOGLE_SENDING = 'https://support.google.com/mail/answer/22839';
const GOOGLE_IMAP = 'https://developers.google.com/workspace/gmail/imap/imap-extensions';
const MICROSOFT_SETTINGS =
  'https://support.microsoft.com/office/pop-imap-and-smtp-settings-8361e398-8af4-4e97-b147-6c6c4ac95353';
const MICROSOFT_OAUTH =
  'https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth';
const MICROSOFT_BASIC =
  'https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online';
const MICROSOFT_SMTP =
  'https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements';
const APPLE_SETTINGS = 'https://support.apple.com/102525';
const APPLE_LIMITS = 'https://support.apple.com/102198';
const APPLE_PASSWORDS = 'https://support.apple.com/102654';
const FASTMAIL_SETTINGS = 'https://www.fastmail.com/help/technical/servernamesandports.html';
const FASTMAIL_PASSWORDS = 'https://fastmail.help/hc/en-us/articles/1500000279921';
const YAHOO_SETTINGS = 'https://help.yahoo.com/kb/SLN4075.html';
const YAHOO_PASSWORDS = 'https://help.yahoo.com/kb/SLN15241.html';

/** The pages that were open while this table was written, in November 2026. */
export const PAGES_READ: ReadonlySet<string> = new Set([
  MICROSOFT_SETTINGS,
  MICROSOFT_SMTP,
  APPLE_LIMITS,
  FASTMAIL_SETTINGS,
  FASTMAIL_PASSWORDS,
]);

const MICROSOFT_QUIRKS: Provider['quirks'] = [
  {
    text: 'Too many requests are answered with `BAD Request is throttled. Suggested Backoff Time: N milliseconds`. Postroom comes back when that time is over; it is no refusal.',
    source: 'unconfirmed',
  },
  {
    text: '`User is authenticated but not connected` means another account than the mailbox’s, a scope that is missing, or logins that follow each other too fast.',
    source: 'unconfirmed',
  },
];

/** Hosts, limits and surprises of providers. `docs/providers` is made from it. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  gmail: {
    title: 'Gmail and Google Workspace',
    source: GOOGLE_CLIENTS,
    imap: tls('imap.gmail.com', 993),
    pop3: tls('pop.gmail.com', 995),
    relay: [startTls('smtp.gmail.com'), tls('smtp.gmail.com', 465)],
    filesSentCopy: true,
    limits: {
      imap: {
        connections: { value: 15, source: GOOGLE_CLIENTS },
        bytesPerDay: { value: 2500 * MB, source: GOOGLE_LIMITS },
      },
      pop3: { bytesPerDay: { value: 1250 * MB, source: GOOGLE_LIMITS } },
      relay: {
        // 2,000 in Google Workspace: a budget that also holds for a personal account.
        messagesPerDay: { value: 500, source: GOOGLE_SENDING },
        recipientsPerMessage: { value: 100, source: 'unconfirmed' },
      },
    },
    credential: {
      password: 'app-password',
      steps: [
        'Switch 2-Step Verification on: there are no app passwords without it.',
        'Open <https://myaccount.google.com/apppasswords> and make one. Its 16 letters are the password, with or without the spaces.',
        'In Google Workspace the administrator must allow app passwords and IMAP or POP.',
      ],
      source: 'https://support.google.com/accounts/answer/185833',
    },
    quirks: [
      {
        text: "A mail stands in a folder for each of its labels, and in `\\All`. Postroom knows it by X-GM-MSGID and takes it once, so `folders: ['\\\\All']` and labels together do no harm.",
        source: GOOGLE_IMAP,
      },
      {
        text: '`delete` moves a mail to `\\Trash`, which Google empties after 30 days. `\\Deleted` and EXPUNGE would only take a label off.',
        source: GOOGLE_IMAP,
      },
      {
        text: 'POP3 shows a mail to one client once. With `recent:` before the user (`recent:you@gmail.com`) it shows the last 30 days to each.',
        source: GOOGLE_POP,
      },
      {
        text: 'What happens to a mail that POP3 deletes is a setting of the mailbox: kept, archived, to Trash, or gone.',
        source: GOOGLE_POP,
      },
      {
        text: 'A mailbox above its daily bytes is locked for hours, in every client. Postroom counts them and stops before.',
        source: GOOGLE_LIMITS,
      },
    ],
  },
  microsoft365: {
    title: 'Microsoft 365 (work and school)',
    source: MICROSOFT_OAUTH,
    imap: tls('outlook.office365.com', 993),
    pop3: tls('outlook.office365.com', 995),
    relay: [startTls('smtp.office365.com')],
    filesSentCopy: true,
    limits: {
      imap: {},
      pop3: {},
      relay: {
        connections: { value: 3, source: MICROSOFT_SMTP },
        messagesPerMinute: { value: 30, source: MICROSOFT_SMTP },
        recipientsPerDay: { value: 10_000, source: MICROSOFT_SMTP },
      },
    },
    credential: { password: 'none', steps: [], source: MICROSOFT_BASIC },
    quirks: [
      ...MICROSOFT_QUIRKS,
      {
        text: 'The relay still takes a password where the administrator allows it, and by default none after December 2026 (`550 5.7.30`, `535 5.7.139`).',
        source: MICROSOFT_BASIC,
      },
      {
        text: 'The relay speaks STARTTLS on port 587 only; there is no port 465.',
        source: 'unconfirmed',
      },
    ],
  },
  outlook: {
    title: 'Outlook.com (personal)',
    source: MICROSOFT_SETTINGS,
    imap: tls('outlook.office365.com', 993),
    pop3: tls('outlook.office365.com', 995),
    relay: [startTls('smtp-mail.outlook.com')],
    filesSentCopy: true,
    limits: { imap: {}, pop3: {}, relay: {} },
    credential: { password: 'none', steps: [], source: MICROSOFT_SETTINGS },
    quirks: [
      {
        text: 'POP and IMAP are off until they are switched on in Settings, Mail, Forwarding and IMAP.',
        source: MICROSOFT_SETTINGS,
      },
      ...MICROSOFT_QUIRKS,
      {
        text: 'The relay speaks STARTTLS on port 587 only; there is no port 465.',
        source: MICROSOFT_SETTINGS,
      },
    ],
  },
  icloud: {
    title: 'iCloud Mail',
    source: APPLE_SETTINGS,
    imap: tls('imap.mail.me.com', 993),
    pop3: undefined,
    relay: [startTls('smtp.mail.me.com')],
    filesSentCopy: false,
    limits: {
      imap: {},
      pop3: {},
      relay: {
        messagesPerDay: { value: 1000, source: APPLE_LIMITS },
        recipientsPerDay: { value: 1000, source: APPLE_LIMITS },
        recipientsPerMessage: { value: 500, source: APPLE_LIMITS },
        messageBytes: { value: 20 * MB, source: APPLE_LIMITS },
      },
    },
    credential: {
      password: 'app-password',
      steps: [
        'Switch two-factor authentication on for the Apple Account.',
        'Open <https://account.apple.com>, Sign-In and Security, App-Specific Passwords, and make one.',
        'Changing the account’s own password revokes it.',
      ],
      source: APPLE_PASSWORDS,
    },
    quirks: [
      { text: 'There is no POP3.', source: APPLE_SETTINGS },
      {
        text: 'The IMAP user is usually the part before the `@`; the whole address is to be tried when that is refused. Write it as `user`. The relay wants the whole address.',
        source: APPLE_SETTINGS,
      },
      {
        text: 'Only `BODY.PEEK[]` brings a whole mail; `RFC822` comes back empty. Postroom asks for nothing else.',
        source: 'unconfirmed',
      },
    ],
  },
  fastmail: {
    title: 'Fastmail',
    source: FASTMAIL_SETTINGS,
    imap: tls('imap.fastmail.com', 993),
    pop3: tls('pop.fastmail.com', 995),
    relay: [tls('smtp.fastmail.com', 465), startTls('smtp.fastmail.com')],
    filesSentCopy: false,
    limits: { imap: {}, pop3: {}, relay: {} },
    credential: {
      password: 'app-password',
      steps: [
        'Open Settings, Privacy & Security, Manage app passwords and access, and make one with access to Mail (IMAP, POP, SMTP).',
        'Plans without IMAP cannot be polled.',
      ],
      source: FASTMAIL_PASSWORDS,
    },
    quirks: [
      {
        text: 'POP3 reads another folder than the inbox when its name stands in the user: `you+folder@fastmail.com`.',
        source: FASTMAIL_SETTINGS,
      },
    ],
  },
  yahoo: {
    title: 'Yahoo Mail',
    source: YAHOO_SETTINGS,
    imap: tls('imap.mail.yahoo.com', 993),
    pop3: tls('pop.mail.yahoo.com', 995),
    relay: [tls('smtp.mail.yahoo.com', 465), startTls('smtp.mail.yahoo.com')],
    filesSentCopy: false,
    limits: {
      imap: {},
      pop3: {},
      relay: { messagesPerDay: { value: 500, source: 'unconfirmed' } },
    },
    credential: {
      password: 'app-password',
      steps: [
        'Open Account info, Security, Generate app password; give it a name.',
        'It is shown once.',
      ],
      source: YAHOO_PASSWORDS,
    },
    quirks: [],
  },
};
