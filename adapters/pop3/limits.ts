/** What is waited for; each has a bound of its own. */
export type Step = 'connect' | 'greeting' | 'tls' | 'command' | 'idle' | 'total';

/** The bounds of a session with a POP3 server, whatever that server sends. */
export interface Pop3Limits {
  /** How long each step may take, in milliseconds. */
  readonly stepMs: Readonly<Record<Step, number>>;
  /** Of one line, its end included. */
  readonly lineBytes: number;
  /** Of an answer that lists something: LIST, UIDL, CAPA. */
  readonly listingBytes: number;
  /** Mails in a mailbox. */
  readonly mails: number;
  /** Of one header; what comes after that is left away. */
  readonly headerBytes: number;
  /** Of one mail. */
  readonly mailBytes: number;
  /** Commands that may be under way without their answers. */
  readonly windowCommands: number;
  /** What those answers may hold together, as LIST said it. One mail may be larger. */
  readonly windowBytes: number;
  /** What may have come from the server and not been asked for by the reader. */
  readonly bufferedBytes: number;
}

const SECOND = 1000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** The bounds that hold in production, each with its reason. */
export const POP3_LIMITS: Pop3Limits = {
  stepMs: {
    // Name, route and port. A host that is there answers within a second.
    connect: 10 * SECOND,
    // Servers look clients up in the name system before they greet.
    greeting: 30 * SECOND,
    tls: 15 * SECOND,
    // UIDL of a large mailbox that nobody has opened for long is worked out first.
    command: 60 * SECOND,
    // Between two pieces of one answer nothing has to be worked out.
    idle: 30 * SECOND,
    // An invocation lasts 15 minutes at most: this is a net under the caller's own signal.
    total: 14 * 60 * SECOND,
  },
  // RFC 2449 section 4 allows 512. Greetings and answers to AUTH are longer in practice.
  lineBytes: 4 * KIB,
  // 250,000 lines of 82 bytes: a number and the longest unique-id (RFC 1939 section 7).
  listingBytes: 20 * MIB,
  // Some 250 bytes are held for each.
  mails: 250_000,
  headerBytes: MIB,
  // No provider takes in more than 150 MiB.
  mailBytes: 160 * MIB,
  // 1,024 lines of "TOP 12345 99999999" are 20 KiB: they fit a socket's buffers, so that neither
  // side waits for the other to read. Each refill of a window costs a wake-up of the server.
  windowCommands: 1024,
  // What is read in vain when the reader leaves early.
  windowBytes: 16 * MIB,
  bufferedBytes: 256 * KIB,
};
