import type { ServerSecurity } from '../ports/mailbox-ports.ts';

/**
 * The provider's page on something; `unconfirmed` where none is known. Only those of
 * `PAGES_READ` were open while the table was written; the others are where to look.
 */
export type Source = `https://${string}` | 'unconfirmed';

/** A server of a provider. */
export interface ProviderEndpoint {
  readonly host: string;
  readonly port: number;
  readonly security: Exclude<ServerSecurity, 'none'>;
}

/** A number that a provider enforces. */
export interface ProviderLimit {
  readonly value: number;
  readonly source: Source;
}

/** What one mailbox may do by one protocol. A limit that nobody knows is not there. */
export interface RetrievalLimits {
  /** Connections at once. */
  readonly connections?: ProviderLimit;
  /** Bytes that may be fetched in a day. */
  readonly bytesPerDay?: ProviderLimit;
  /** Minutes from one login to the next. */
  readonly minutesBetweenLogins?: ProviderLimit;
}

/** What one sender may do at a relay. A limit that nobody knows is not there. */
export interface RelayLimits {
  /** Connections at once. */
  readonly connections?: ProviderLimit;
  readonly messagesPerMinute?: ProviderLimit;
  readonly messagesPerDay?: ProviderLimit;
  readonly recipientsPerDay?: ProviderLimit;
  readonly recipientsPerMessage?: ProviderLimit;
  /** Bytes of a message as it is sent. */
  readonly messageBytes?: ProviderLimit;
}

/** How one logs in with a password. */
export type PasswordKind =
  /** One that the provider makes for a single program. */
  | 'app-password'
  /** None is taken by IMAP and POP3: the provider wants OAuth 2.0. */
  | 'none';

/** Something that surprises whoever meets it first. */
export interface ProviderQuirk {
  /** One or two sentences, Markdown. */
  readonly text: string;
  readonly source: Source;
}

/** What is known of a mail provider. */
export interface Provider {
  /** What people call it. */
  readonly title: string;
  /** Where its host names and ports were read. */
  readonly source: Source;
  readonly imap: ProviderEndpoint;
  /** Undefined where there is no POP3. */
  readonly pop3: ProviderEndpoint | undefined;
  /** Where mail is submitted; the first is the one to take. */
  readonly relay: readonly [ProviderEndpoint, ...ProviderEndpoint[]];
  /** Whether the relay puts a copy into the Sent folder by itself. */
  readonly filesSentCopy: boolean;
  readonly limits: {
    readonly imap: RetrievalLimits;
    readonly pop3: RetrievalLimits;
    readonly relay: RelayLimits;
  };
  readonly credential: {
    readonly password: PasswordKind;
    /** How one gets it, step by step. Markdown. */
    readonly steps: readonly string[];
    readonly source: Source;
  };
  readonly quirks: readonly ProviderQuirk[];
}
