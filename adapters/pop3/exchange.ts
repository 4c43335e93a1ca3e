import type { Answer } from './answer.ts';
import type { Capabilities } from './commands/capa.ts';
import type { Pop3Connection } from './connection.ts';
import { createWindow } from './window.ts';

/** One command that is sent for each of many items. */
export interface Exchange<Item, Result> {
  readonly format: (item: Item) => string;
  /** Bytes that the answer will have, about. */
  readonly measure: (item: Item) => number;
  /** Whether lines follow a +OK. */
  readonly hasBlock: boolean;
  /** What the answer makes of the item. What it leaves of the block is skipped. */
  readonly read: (item: Item, answer: Answer) => Promise<Result>;
}

/** A connection that is logged in, and what its server can. */
export interface Exchanger {
  readonly connection: Pop3Connection;
  readonly capabilities: Capabilities;
}

/** Whether the server takes commands before it answered others (RFC 2449 section 6.6). */
export const isPipelined = ({ capabilities }: Exchanger): boolean => capabilities.has('PIPELINING');

/** Reads answers that nobody wants any more, so that the next command gets its own. */
async function skipAnswers(
  connection: Pop3Connection,
  count: number,
  hasBlock: boolean,
): Promise<void> {
  for (let skipped = 0; skipped < count && connection.failure() === undefined; skipped += 1) {
    const { kind } = await connection.readAnswer();
    if (hasBlock && kind === 'ok') connection.openBlock('mail');
  }
}

/**
 * Sends a command for each item and gives the results in order. Commands go ahead of their answers
 * where the server takes them so, as far as the limits' window allows; what was asked for and is not
 * wanted any more is read and dropped.
 */
export async function* exchangeAll<Item, Result>(
  exchanger: Exchanger,
  items: readonly Item[],
  exchange: Exchange<Item, Result>,
): AsyncGenerator<Result> {
  const { connection } = exchanger;
  const { windowCommands, windowBytes } = connection.limits;
  const maxItems = isPipelined(exchanger) ? windowCommands : 1;
  const window = createWindow(items, exchange.measure, { maxItems, maxBytes: windowBytes });
  try {
    for (const item of items) {
      const asked = window.take();
      if (asked.length > 0) connection.send(asked.map(exchange.format));
      const answer = await connection.readAnswer();
      window.release();
      yield await connection.attempt(() => exchange.read(item, answer));
    }
  } finally {
    await skipAnswers(connection, window.countUnderWay(), exchange.hasBlock);
  }
}
