import { DatabaseSync } from 'node:sqlite';
import type { EmulatorStores, FauxqsParts, PersistenceManager } from './fauxqs-parts.ts';

/** What is on disk of S3, SQS and SNS: each change stands there before its request is answered. */
export interface DurableState {
  /**
   * Fills the stores from disk and writes each later change through.
   *
   * @param queueUrlBase What stands before a queue's name in its URL; the port is another at each start.
   * @param abandonedQueues Queues whose only reader died with the last run: what it had taken is
   * there to be read again at once.
   */
  load(stores: EmulatorStores, queueUrlBase: string, abandonedQueues: readonly string[]): void;
  close(): void;
}

function readDatabase(manager: PersistenceManager): DatabaseSync {
  const database: unknown = Reflect.get(manager, 'db');
  if (database instanceof DatabaseSync) return database;
  throw new Error('expected fauxqs to keep its state in node:sqlite; has its version changed?');
}

/** QUIRK(fauxqs): it writes a null receive count, which its own schema refuses, so the call fails. */
function mendReturnToQueue(manager: PersistenceManager, database: DatabaseSync): void {
  const makeReady = database.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  manager.updateMessageReady = (messageId) => {
    makeReady.run(messageId);
  };
}

/**
 * Opens the state in a folder, and makes the file when there is none.
 *
 * A change survives the death of the process; what the operating system had not yet written is
 * lost with the machine's power.
 */
export function openDurableState(parts: FauxqsParts, folder: string): DurableState {
  const manager = new parts.PersistenceManager(folder);
  const database = readDatabase(manager);
  // With a write-ahead log this loses nothing when the process is killed, and spares an fsync for
  // each message.
  database.exec('PRAGMA synchronous = NORMAL');
  mendReturnToQueue(manager, database);

  return {
    load({ sqsStore, snsStore, s3Store }, queueUrlBase, abandonedQueues) {
      database.prepare('UPDATE sqs_queues SET url = ? || name').run(queueUrlBase);
      const giveBack = database.prepare(
        'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE queue_name = ?',
      );
      for (const queue of abandonedQueues) giveBack.run(queue);
      // fauxqs loads before it persists: storing a queue again would delete its messages.
      manager.load(sqsStore, snsStore, s3Store);
      sqsStore.persistence = manager;
      snsStore.persistence = manager;
      s3Store.persistence = manager;
      for (const queue of sqsStore.allQueues()) queue.persistence = manager;
    },
    close() {
      manager.close();
    },
  };
}
