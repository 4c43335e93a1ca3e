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
const GOOGLE_SENDING = 'https://support.google.com/a/answer/166852';
const MICROSOFT_SETTINGS =
  'https://support.microsoft.com/office/pop-imap-and-smtp-settings-8361e398-8af4-4e97-b147-6c6c4ac95353';
const MICROSOFT_BASIC =
  'https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online';
const MICROSOFT_SMTP =
  'https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements';
const APPLE_SETTINGS = 'https://support.apple.com/102525';
const FASTMAIL_SETTINGS = 'https://www.fastmail.help/hc/articles/1500000278342';
const FASTMAIL_PASSWORDS = 'https://www.fastmail.help/hc/articles/360058752854';
const YAHOO_IMAP = 'https://help.yahoo.com/kb/SLN4075.html';
const YAHOO_PASSWORDS = 'https://help.yahoo.com/kb/SLN15241.html';

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
      relay: { messagesPerDay: { value: 500, source: GOOGLE_SENDING } },
    },
    credential: {
      password: 'app-password',
      steps: [
        'Switch 2-Step Verification on: without it there are no app passwords.',
        'Open <https://myaccount.google.com/apppasswords> and make one; its 16 letters are the password, with or without the spaces.',
        'In Google Workspace the administrator may have switched app passwords or IMAP off.',
      ],
      source: 'https://support.google.com/accounts/answer/185833',
    },
    quirks: [],
  },
  microsoft365: {
    title: 'Microsoft 365 (work and school)',
    source: MICROSOFT_SETTINGS,
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
    quirks: [],
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
    quirks: [],
  },
  icloud: {
    title: 'iCloud Mail',
    source: APPLE_SETTINGS,
    imap: tls('imap.mail.me.com', 993),
    pop3: undefined,
    relay: [startTls('smtp.mail.me.com')],
    filesSentCopy: false,
    limits: { imap: {}, pop3: {}, relay: {} },
    credential: { password: 'app-password', steps: [], source: APPLE_SETTINGS },
    quirks: [],
  },
  fastmail: {
    title: 'Fastmail',
    source: FASTMAIL_SETTINGS,
    imap: tls('imap.fastmail.com', 993),
    pop3: tls('pop.fastmail.com', 995),
    relay: [tls('smtp.fastmail.com', 465), startTls('smtp.fastmail.com')],
    filesSentCopy: false,
    limits: { imap: {}, pop3: {}, relay: {} },
    credential: { password: 'app-password', steps: [], source: FASTMAIL_PASSWORDS },
    quirks: [],
  },
  yahoo: {
    title: 'Yahoo Mail',
    source: YAHOO_IMAP,
    imap: tls('imap.mail.yahoo.com', 993),
    pop3: tls('pop.mail.yahoo.com', 995),
    relay: [tls('smtp.mail.yahoo.com', 465), startTls('smtp.mail.yahoo.com')],
    filesSentCopy: false,
    limits: { imap: {}, pop3: {}, relay: {} },
    credential: { password: 'app-password', steps: [], source: YAHOO_PASSWORDS },
    quirks: [],
  },
};
