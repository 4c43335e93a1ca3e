/** What is waited for; each has a bound of its own. */
export type Step = 'connect' | 'greeting' | 'open' | 'command' | 'silence' | 'total';

/** The bounds of a session with an IMAP server, whatever that server sends. */
export interface ImapLimits {
  /** How long each step may take, in milliseconds. */
  readonly stepMs: Readonly<Record<Step, number>>;
  /** Of one literal: what a server that ignores partial fetches sends of a large mail. */
  readonly literalBytes: number;
  /** Of one line: the answer to a SEARCH is one. */
  readonly lineBytes: number;
  /** UIDs in one command. */
  readonly setUids: number;
  /** Characters that these UIDs may take. */
  readonly setCharacters: number;
  /** What one FETCH of several mails may bring, as the server listed them. */
  readonly batchBytes: number;
  /** What one FETCH of a part of a large mail asks for. */
  readonly partialBytes: number;
  /** Of one mail that comes in parts. */
  readonly mailBytes: number;
  /** Mails in a row that the server may refuse to hand out before we give up on the server. */
  readonly refusalsInARow: number;
}

const SECOND = 1000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** The bounds that hold in production, each with its reason. */
export const IMAP_LIMITS: ImapLimits = {
  stepMs: {
    // Name, route, port, and TLS where it comes first. A host that is there answers within a second.
    connect: 15 * SECOND,
    // Servers look clients up in the name system before they greet.
    greeting: 30 * SECOND,
    // All of it until the login is done: some ten answers, of which the login's is the slow one.
    open: 60 * SECOND,
    // One answer, or one row of an answer: 2 MiB at 20 KB a second.
    command: 110 * SECOND,
    // A large mailbox that nobody has opened for long is indexed before anything is said.
    silence: 60 * SECOND,
    // An invocation lasts 15 minutes at most: this is a net under the caller's own signal.
    total: 14 * 60 * SECOND,
  },
  // The largest mail that SES takes, with room. imapflow holds a literal whole, twice for a moment.
  literalBytes: 45 * MIB,
  // Two million UIDs.
  lineBytes: 16 * MIB,
  // Rows of a listing are held until it has ended: half a megabyte.
  setUids: 2000,
  // RFC 7162 section 4: servers take lines of 8,192 bytes.
  setCharacters: 4000,
  // A poll's own batch has no more, so it waits for one answer. Mails of it are held one by one.
  batchBytes: 32 * MIB,
  // At 20 ms of way a 40 MB mail waits 0.4 s for its parts.
  partialBytes: 2 * MIB,
  // No provider takes in more than 150 MiB.
  mailBytes: 160 * MIB,
  // One bad mail must not stop a folder; a server that refuses everything has no bad mail.
  refusalsInARow: 20,
};
