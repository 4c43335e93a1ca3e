import { randomBytes } from 'node:crypto';
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ClaimLostError, PeerUnavailableError } from '../../mail/errors.ts';
import { mailboxKey } from '../../mail/ledger/table-keys.ts';
import type {
  MailboxClaim,
  MailboxClaimResult,
  MailboxRow,
  MailboxStates,
} from '../../mail/polling/mailbox-state.ts';
import { callAws } from './call-aws.ts';
import { createDynamoDbKnownMails, type KnownMailsOptions } from './dynamodb-known-mails.ts';
import { createRowUpdater, isRefused, type Values } from './dynamodb-row-updater.ts';
import { type StoredMailbox, toAttributes, toMailboxRow, toMailboxState } from './mailbox-rows.ts';

export interface DynamoDbMailboxStatesOptions extends KnownMailsOptions {
  /** How long a claim holds: what the function may run, and 30 s. */
  readonly leaseSeconds: number;
  /** Tells one try to claim a mailbox from every other; no secret. @default 72 random bits */
  readonly createToken?: () => string;
}

const createRandomToken = (): string => randomBytes(9).toString('base64url');

const FREE = '(attribute_not_exists(leaseUntil) OR leaseUntil < :now)';
const DUE = '(attribute_not_exists(dueAt) OR dueAt <= :now)';

/** LIMIT: rows that DynamoDB reads in one call. */
const MAX_READS = 100;

/**
 * Mailboxes in the ledger's table: one row each, with lease and cursors, so that both change in one
 * conditional write; and a row for each mail that is known.
 */
export function createDynamoDbMailboxStates(
  dynamodb: DynamoDBClient,
  options: DynamoDbMailboxStatesOptions,
): MailboxStates {
  const { table, clock, leaseSeconds, createToken = createRandomToken } = options;
  const update = createRowUpdater(dynamodb, table);

  // Only Postroom writes the table.
  const readRow = async (mailbox: string): Promise<StoredMailbox | undefined> => {
    const { Item } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new GetItemCommand({
          TableName: table,
          Key: marshall(mailboxKey(mailbox)),
          ConsistentRead: true,
        }),
      ),
    );
    return Item === undefined ? undefined : (unmarshall(Item) as StoredMailbox);
  };

  const grant = (mailbox: string, row: StoredMailbox): MailboxClaimResult => ({
    kind: 'claimed',
    claim: { mailbox, epoch: row.epoch, leaseUntilMs: row.leaseUntil },
    state: toMailboxState(row),
  });

  /** Who has it; a write whose answer was lost is refused because of itself, the token tells. */
  const readHolder = async (mailbox: string, claimant: string): Promise<MailboxClaimResult> => {
    const row = await readRow(mailbox);
    if (row?.claimant === claimant) return grant(mailbox, row);
    const { leaseUntil = 0, dueAt = 0 } = row ?? {};
    return leaseUntil >= clock.now()
      ? { kind: 'busy', leaseUntilMs: leaseUntil }
      : { kind: 'not-due', dueAtMs: dueAt };
  };

  /** A write of the holder of a claim: refused when a later one has the mailbox. */
  const updateClaimed = async ({ mailbox, epoch }: MailboxClaim, set: Values): Promise<void> => {
    try {
      const condition = 'epoch = :epoch';
      await update({ key: mailboxKey(mailbox), set, condition, values: { epoch } });
    } catch (error) {
      if (!isRefused(error)) throw error;
      throw new ClaimLostError('another has taken the mailbox since', { cause: error });
    }
  };

  const readSome = async (mailboxes: readonly string[]): Promise<readonly MailboxRow[]> => {
    const { Responses = {}, UnprocessedKeys = {} } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: mailboxes.map((one) => marshall(mailboxKey(one))) } },
        }),
      ),
    );
    if (UnprocessedKeys[table] !== undefined) {
      const fields = { peer: 'DynamoDB', name: 'Unprocessed' };
      throw new PeerUnavailableError('DynamoDB left rows unread', { fields });
    }
    return (Responses[table] ?? []).map((item) => {
      const row = unmarshall(item) as StoredMailbox & { readonly pk: string };
      return toMailboxRow(row.pk.slice(mailboxKey('').pk.length), row);
    });
  };

  return {
    ...createDynamoDbKnownMails(dynamodb, options),

    async claimMailbox(mailbox, when) {
      const claimant = createToken();
      const now = clock.now();
      try {
        const { Attributes = {} } = await update({
          key: mailboxKey(mailbox),
          set: { leaseUntil: now + leaseSeconds * 1000, claimant },
          setOnce: { begunAt: now },
          add: { epoch: 1 },
          condition: when === 'due' ? `${FREE} AND ${DUE}` : FREE,
          values: { now },
        });
        return grant(mailbox, unmarshall(Attributes) as StoredMailbox);
      } catch (error) {
        if (!isRefused(error)) throw error;
        return readHolder(mailbox, claimant);
      }
    },

    saveMailbox: (claim, state) => updateClaimed(claim, toAttributes(state)),

    releaseMailbox: (claim, state) =>
      updateClaimed(claim, { ...toAttributes(state), leaseUntil: 0 }),

    async readStates(mailboxes) {
      const rows: MailboxRow[] = [];
      for (let at = 0; at < mailboxes.length; at += MAX_READS) {
        rows.push(...(await readSome(mailboxes.slice(at, at + MAX_READS))));
      }
      return rows;
    },

    async noteMailbox(mailbox) {
      const setOnce = { begunAt: clock.now(), leaseUntil: 0, epoch: 0 };
      await update({ key: mailboxKey(mailbox), setOnce });
    },

    async markStale(mailbox) {
      await update({ key: mailboxKey(mailbox), set: { staleToldAt: clock.now() } });
    },
  };
}
