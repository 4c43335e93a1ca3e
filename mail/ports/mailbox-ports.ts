import type { Readable } from 'node:stream';

/** How a connection is kept from being read: TLS from the first byte, or after STARTTLS or STLS. */
export type ServerSecurity = 'implicit-tls' | 'starttls' | 'none';

/** Where a mailbox is, with everything that a provider's name stands for filled in. */
export interface MailboxServer {
  readonly protocol: 'imap' | 'pop3';
  readonly host: string;
  readonly port: number;
  /** `none` only to loopback addresses. */
  readonly security: ServerSecurity;
  /** PEM of the certificate authorities that are trusted instead of the public ones. */
  readonly ca: string | undefined;
}

/** What proves who we are. OAuth 2.0 will be another kind. */
export interface MailboxCredential {
  readonly kind: 'password';
  readonly user: string;
  /** A password or an app password. Never logged. */
  readonly password: string;
}

/** Reads credentials where they are kept. */
export interface CredentialReader {
  /**
   * @param isFresh Whether a credential that was read before will not do: it was refused.
   * @throws {MailboxError} `credential-missing` when the secret has none for this mailbox.
   * @throws {PeerUnavailableError} When the store does not answer.
   */
  readCredential(mailbox: string, isFresh: boolean): Promise<MailboxCredential>;
}

/** A folder that the server has. */
export interface MailboxFolder {
  /** As the server writes it, decoded (RFC 3501 section 5.1.3). POP3 has `INBOX` alone. */
  readonly path: string;
  /** The special use (RFC 6154) with its backslash, as `\Junk`; undefined when it has none. */
  readonly specialUse: string | undefined;
  /** What stands between the levels of its path; undefined where there are none, and in POP3. */
  readonly delimiter: string | undefined;
}

/** A folder that is open. */
export interface OpenedFolder {
  readonly path: string;
  /**
   * What the ids of the folder's mails are valid for: UIDVALIDITY. Empty for POP3, whose
   * unique-ids hold for ever (RFC 1939 section 7).
   */
  readonly generation: string;
  /** How many mails are in it. */
  readonly mails: number;
  /** POP3: the bytes of them all, as STAT tells; undefined for IMAP. */
  readonly bytes: number | undefined;
  /** IMAP: the UID that the next mail will get at the least; undefined for POP3. */
  readonly nextUid: number | undefined;
}

/** A mail as its server lists it. Nothing in it is to be trusted but that it tells mails apart. */
export interface ListedMail {
  /**
   * Tells mails of the folder apart: the UID in decimal, or POP3's unique-id. A server that has no
   * UIDL, or gives one to several mails, gets an id from us, a hash of its header, made when it is listed.
   */
  readonly id: string;
  /** Of the whole mail, as the server says it. */
  readonly bytes: number;
  /** EMAILID (RFC 8474) or X-GM-MSGID: one mail has it in all folders. Undefined without either. */
  readonly serverId: string | undefined;
  /** When the server took it in, milliseconds since 1970; undefined in POP3. */
  readonly receivedAtMs: number | undefined;
}

/** Which mails of the open folder to list. */
export type MailSelection =
  /** Everything that is there. The one that POP3 knows. */
  | { readonly kind: 'all' }
  /** IMAP: UIDs of a range, both ends included. */
  | { readonly kind: 'range'; readonly firstUid: number; readonly lastUid: number }
  /** IMAP: UIDs of a range that a SEARCH finds. */
  | {
      readonly kind: 'search';
      readonly criteria: MailSearch;
      readonly firstUid: number;
      /** @default the last one that there is */
      readonly lastUid?: number;
    };

/** Criteria of a search on the server (RFC 3501 section 6.4.4); all given ones must hold. */
export interface MailSearch {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** Day of arrival, `2026-11-24`, on or after. */
  readonly since?: string;
  readonly header?: Readonly<Record<string, string>>;
  /** Bytes, exclusive. */
  readonly larger?: number;
  /** Bytes, exclusive. */
  readonly smaller?: number;
  /** Gmail's own search language (X-GM-RAW). */
  readonly gmailRaw?: string;
  readonly seen?: boolean;
  readonly flagged?: boolean;
  /** Keywords that are set. */
  readonly keywords?: readonly string[];
}

/** The header of a mail, or its beginning. */
export interface ListedHeader {
  readonly mail: ListedMail;
  /** Up to and with the empty line; what the server gave, however malformed. */
  readonly header: Buffer;
}

/** A mail that is being fetched. */
export type FetchedMail =
  | {
      readonly kind: 'content';
      readonly mail: ListedMail;
      /** Small mail whole, large mail as a stream that is read to its end or destroyed. */
      readonly content: Buffer | Readable;
    }
  /** It is not there any more, or was expunged while it was fetched. */
  | { readonly kind: 'gone'; readonly mail: ListedMail }
  /** The server does not hand it out: this mail fails, its folder goes on. */
  | { readonly kind: 'refused'; readonly mail: ListedMail; readonly code: string };

/** What happens to a mail in its mailbox once it is safe with us. */
export type MailboxChange =
  | { readonly kind: 'mark-seen' }
  /** A flag or keyword, as `\Flagged` or `Processed`. */
  | { readonly kind: 'flag'; readonly flag: string }
  /** To a folder that is created when it is missing. */
  | { readonly kind: 'move'; readonly folder: string }
  | { readonly kind: 'delete' };

/**
 * A session with a mailbox's server. One folder is open at a time; calls are made one by one. What an
 * earlier session listed may be asked for without listing again, as long as its generation holds.
 */
export interface MailboxSession {
  /** What the server says that it can, in upper case: `UIDPLUS`, `MOVE`, `PIPELINING`. */
  readonly capabilities: ReadonlySet<string>;

  /** @throws {PeerUnavailableError | PeerProtocolError} As all calls of a session may. */
  listFolders(): Promise<readonly MailboxFolder[]>;

  /**
   * Opens a folder: by EXAMINE when the session is read-only, else by SELECT.
   *
   * @throws {MailboxError} `folder-missing` when there is none of this name.
   */
  openFolder(path: string): Promise<OpenedFolder>;

  /** Lists mails in the order in which they came into the folder, without reading them. */
  listMails(selection: MailSelection): AsyncIterable<ListedMail>;

  /**
   * Reads headers, and sets no flag by it. Mails that are gone are left out.
   *
   * @param fields The fields that are wanted; a server that cannot choose gives the whole header.
   *   @default all
   */
  readHeaders(
    mails: readonly ListedMail[],
    fields?: readonly string[],
  ): AsyncIterable<ListedHeader>;

  /**
   * Reads mails, and sets no flag by it. A stream must be read or destroyed before the next mail is
   * asked for; several buffers may be held.
   */
  readMails(mails: readonly ListedMail[]): AsyncIterable<FetchedMail>;

  /**
   * Changes mails in the mailbox. Never touches a mail that is not named: a server that cannot do
   * that is refused.
   *
   * @throws {MailboxError} `mailbox-read-only` when the session was opened so;
   *   `mailbox-unsuitable` when the server cannot do this to the named mails alone.
   */
  changeMails(mails: readonly ListedMail[], change: MailboxChange): Promise<void>;

  /**
   * Ends the session. With POP3 this is when deletions happen (RFC 1939 section 6).
   *
   * @throws {PeerUnavailableError} When the server did not confirm deletions that were asked for.
   */
  close(): Promise<void>;

  /** Cuts the connection off, at once and without an answer. Never throws. */
  abort(): void;
}

/** How a session is opened. */
export interface SessionOptions {
  readonly server: MailboxServer;
  readonly credential: MailboxCredential;
  /** EXAMINE in place of SELECT, no STORE, no DELE: the mailbox stays as it is. */
  readonly isReadOnly: boolean;
  /** Mails above it come as streams, in bytes. */
  readonly maxBufferedBytes: number;
  /** Ends everything: the session is over when it fires. */
  readonly signal: AbortSignal;
}

/**
 * Opens a session: connects, makes the connection safe, logs in.
 *
 * @throws {PeerUnavailableError} When the server does not answer, or not in time.
 * @throws {PeerThrottledError} When it asks us to come later.
 * @throws {PeerAuthenticationError} When it refuses the credential.
 * @throws {PeerProtocolError} When it does not speak the protocol, or offers no TLS where it is asked for.
 */
export type MailboxOpener = (options: SessionOptions) => Promise<MailboxSession>;
