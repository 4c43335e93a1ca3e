import { PeerProtocolError, PostroomError } from '../../mail/errors.ts';
import { type Answer, parseAnswer } from './answer.ts';
import { type Block, type BlockLimit, createBlock } from './block.ts';
import type { Pop3Limits } from './limits.ts';
import { createAbortError, createMailLimitError, createProtocolError } from './pop3-errors.ts';
import { readLine } from './read-line.ts';
import { openTransport, type Transport, type TransportOptions } from './transport.ts';

/** A conversation with a POP3 server. Answers are read in the order of the commands. */
export interface Pop3Connection {
  readonly limits: Pop3Limits;
  /**
   * Sends commands, together.
   *
   * @throws {PeerProtocolError} When the server spoke although everything was answered.
   */
  readonly send: (commands: readonly string[]) => void;
  /**
   * Reads the first line of the next answer, after what is left of the one before.
   *
   * @throws {PeerProtocolError} When it is no answer.
   */
  readonly readAnswer: (step?: 'greeting' | 'command') => Promise<Answer>;
  /** The lines that follow the first one. More than the limit of their kind end the connection. */
  readonly openBlock: (kind: 'listing' | 'mail') => Block;
  /** Runs what reads answers. An error of the protocol ends the connection: no command follows it. */
  readonly attempt: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Goes on over TLS. */
  readonly secure: () => Promise<void>;
  /** Closes at once. What waits, and what comes later, fails with the first error given here. */
  readonly fail: (error: PostroomError) => void;
  /** Says a last command, when there is one, and closes without its answer. What comes later fails. */
  readonly hangUp: (lastCommand?: string) => void;
  /** What it has failed with. */
  readonly failure: () => PostroomError | undefined;
}

const createListingLimitError = (maxBytes: number): PostroomError =>
  createProtocolError('sent a listing beyond the limit', { maxBytes });

const listBlockLimits = (limits: Pop3Limits): Record<'listing' | 'mail', BlockLimit> => ({
  listing: { maxBytes: limits.listingBytes, createError: createListingLimitError },
  mail: { maxBytes: limits.mailBytes, createError: createMailLimitError },
});

/** Ends the connection by any error: where the next answer would begin is not known any more. */
async function endByError<Result>(
  transport: Transport,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PostroomError) transport.fail(error);
    throw transport.failure() ?? error;
  }
}

/** Counts what was asked and not answered, and reads what was answered and not read. */
function createConversation(transport: Transport, limits: Pop3Limits) {
  const blockLimits = listBlockLimits(limits);
  // The greeting answers nothing.
  let unanswered = 1;
  let block: Block | undefined;

  const skipBlock = async (): Promise<void> => {
    while ((await block?.readPiece()) !== undefined);
    block = undefined;
  };
  return {
    send(commands: readonly string[]) {
      const failure = transport.failure();
      if (failure !== undefined) throw failure;
      if (unanswered === 0 && block === undefined && transport.source().hasBytes()) {
        const error = createProtocolError('spoke out of turn');
        transport.fail(error);
        throw error;
      }
      unanswered += commands.length;
      transport.write(commands.map((command) => `${command}\r\n`).join(''));
    },
    async readAnswer(step: 'greeting' | 'command' = 'command') {
      await skipBlock();
      const line = await transport.deadline.during(step, () =>
        readLine(transport.source(), limits.lineBytes),
      );
      unanswered -= 1;
      return parseAnswer(line);
    },
    openBlock(kind: 'listing' | 'mail') {
      const { source, deadline } = transport;
      const read = () => deadline.during('idle', () => source().read());
      const unread = (bytes: Buffer): void => {
        source().unread(bytes);
      };
      const opened = createBlock({ read, unread }, blockLimits[kind]);
      return (block = { readPiece: () => endByError(transport, () => opened.readPiece()) });
    },
  };
}

/**
 * Connects to a server. Nothing has been said yet: the first answer is its greeting.
 *
 * @throws {PeerUnavailableError} When it cannot be reached, or not in time.
 * @throws {PeerProtocolError} When it does not speak TLS, or cannot be trusted.
 */
export async function openConnection(options: TransportOptions): Promise<Pop3Connection> {
  const transport = await openTransport(options);
  const conversation = createConversation(transport, options.limits);
  return {
    limits: options.limits,
    ...conversation,
    readAnswer: (step) => endByError(transport, () => conversation.readAnswer(step)),
    async attempt(work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof PeerProtocolError) transport.fail(error);
        throw error;
      }
    },
    secure: () => endByError(transport, transport.secure),
    fail: transport.fail,
    hangUp(lastCommand) {
      if (transport.failure() !== undefined) return;
      if (lastCommand !== undefined) transport.write(`${lastCommand}\r\n`);
      transport.hangUp(createAbortError());
    },
    failure: transport.failure,
  };
}
