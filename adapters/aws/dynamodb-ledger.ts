import { randomBytes } from 'node:crypto';
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { ClaimLostError } from '../../mail/errors.ts';
import type { ArrivalClaim, Ledger } from '../../mail/ledger/ledger.ts';
import {
  arrivalKey,
  countersKey,
  deliveryKey,
  listKey,
  mailPartition,
  repeatKey,
  servedQueueKey,
  type TableKey,
} from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import { callAws } from './call-aws.ts';
import { createArrivalClaimer } from './dynamodb-arrival-claims.ts';
import {
  createRowUpdater,
  isRefused,
  type RowUpdate,
  type Values,
} from './dynamodb-row-updater.ts';
import { type ArrivalRow, packDecision, packQuarantine } from './ledger-rows.ts';

export interface DynamoDbLedgerOptions {
  readonly table: string;
  readonly clock: Clock;
  /** How long a claim holds: what the function may run, and 30 s. */
  readonly leaseSeconds: number;
  /** When rows are forgotten. */
  readonly retentionDays: number;
  /** Tells one try to claim an arrival from every other; no secret. @default 72 random bits */
  readonly createToken?: () => string;
}

const createRandomToken = (): string => randomBytes(9).toString('base64url');

const LOST = 'another has taken the arrival since';

/** The ledger in one DynamoDB table: single conditional writes, no transaction, no scan. */
export function createDynamoDbLedger(
  dynamodb: DynamoDBClient,
  {
    table,
    clock,
    leaseSeconds,
    retentionDays,
    createToken = createRandomToken,
  }: DynamoDbLedgerOptions,
): Ledger {
  const readNow = (): string => new Date(clock.now()).toISOString();
  const readExpiry = (): number => Math.floor(clock.now() / 1000) + retentionDays * 86_400;

  const update = createRowUpdater(dynamodb, table);

  /** A write of the holder of a claim: refused when a later one has the arrival. */
  const updateClaimed = async (
    { arrivalId, epoch }: ArrivalClaim,
    change: Pick<RowUpdate, 'set' | 'add' | 'condition' | 'values'>,
  ): Promise<void> => {
    const conditions = ['epoch = :epoch', 'attribute_not_exists(doneAt)', change.condition];
    try {
      await update({
        ...change,
        key: arrivalKey(arrivalId),
        condition: conditions.filter((one) => one !== undefined).join(' AND '),
        values: { epoch, ...change.values },
      });
    } catch (error) {
      if (isRefused(error)) throw new ClaimLostError(LOST, { cause: error });
      throw error;
    }
  };

  const readRow = async (
    key: TableKey,
    { isConsistent }: { readonly isConsistent: boolean },
  ): Promise<ArrivalRow | undefined> => {
    const { Item } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: isConsistent }),
      ),
    );
    // Only this adapter writes the table.
    return Item === undefined ? undefined : (unmarshall(Item) as ArrivalRow);
  };

  const assign = async (arrivalId: string, key: TableKey): Promise<string> => {
    const { Attributes = {} } = await update({
      key,
      setOnce: { owner: arrivalId, ownedAt: readNow(), expiresAt: readExpiry() },
    });
    return (unmarshall(Attributes) as { readonly owner: string }).owner;
  };

  const assignEach = async (arrivalId: string, keys: readonly TableKey[]): Promise<string[]> => {
    const owners: string[] = [];
    // LIMIT: a few at a time; a mail to 500 recipients is rare, and must not starve the others.
    for (let at = 0; at < keys.length; at += 10) {
      const some = keys.slice(at, at + 10);
      owners.push(...(await Promise.all(some.map((key) => assign(arrivalId, key)))));
    }
    return owners;
  };

  /** The mail of the first row in a mail's partition, or of the first one behind this mail's rows. */
  const findFirstMail = async (mailId: string, where: 'all' | 'behind'): Promise<string | null> => {
    const { Items = [] } = await callAws('DynamoDB', () =>
      dynamodb.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: where === 'all' ? 'pk = :pk' : 'pk = :pk AND sk > :sk',
          ExpressionAttributeValues: marshall({
            ':pk': mailPartition(mailId),
            // All rows of this mail begin with its id and `#`.
            ...(where === 'all' ? {} : { ':sk': `${mailId}$` }),
          }),
          ProjectionExpression: 'sk',
          Limit: 1,
        }),
      ),
    );
    const [row] = Items.map((item) => unmarshall(item) as { readonly sk: string });
    return row?.sk.split('#')[0] ?? null;
  };

  const describeArrival = ({ arrival, envelope }: ArrivedMail): Values => ({
    door: arrival.door,
    rawBucket: arrival.raw.bucket,
    rawKey: arrival.raw.key,
    receivedAt: arrival.receivedAt,
    sender: envelope.sender,
    firstRecipient: envelope.recipients[0],
    recipientCount: envelope.recipients.length,
    seenAt: readNow(),
    expiresAt: readExpiry(),
  });

  return {
    async recordSeen(arrived) {
      await update({
        key: arrivalKey(arrived.arrival.arrivalId),
        setOnce: { ...describeArrival(arrived), state: 'seen', epoch: 0 },
      });
    },

    claimArrival: createArrivalClaimer({
      update,
      readArrival: (arrivalId) => readRow(arrivalKey(arrivalId), { isConsistent: true }),
      clock,
      leaseSeconds,
      createToken,
      describeArrival,
    }),

    async assignDeliveries(arrivalId, mailId, recipients) {
      const owners = await assignEach(
        arrivalId,
        recipients.map((recipient) => deliveryKey(mailId, recipient)),
      );
      if (owners.some((owner) => owner !== arrivalId)) {
        await update({
          key: repeatKey(mailId, arrivalId),
          setOnce: { repeatedAt: readNow(), expiresAt: readExpiry() },
        });
      }
      return owners;
    },

    assignQueues: (arrivalId, mailId, queues) =>
      assignEach(
        arrivalId,
        queues.map((queue) => servedQueueKey(mailId, queue)),
      ),

    async findSameMessageId(mailId) {
      // A mail that nothing is known of, as nearly all are, is one question.
      const first = await findFirstMail(mailId, 'all');
      return first === mailId ? findFirstMail(mailId, 'behind') : first;
    },

    recordDecision: (claim, decided) =>
      updateClaimed(claim, {
        set: {
          state: 'decided',
          decidedAt: readNow(),
          mailId: decided.mailId,
          decided: packDecision(decided),
        },
      }),

    recordQuarantine: (claim, quarantine) =>
      updateClaimed(claim, {
        set: {
          state: 'decided',
          decidedAt: readNow(),
          quarantine: packQuarantine(quarantine),
        },
      }),

    async listArrival({ arrived, mailId, outcome, bytes, from, subject, sent }) {
      const { arrival, envelope } = arrived;
      const isFromSender = from?.toLowerCase() === envelope.sender.toLowerCase();
      await callAws('DynamoDB', () =>
        dynamodb.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({
              ...listKey(arrival),
              arrivalId: arrival.arrivalId,
              mailId,
              door: arrival.door,
              sender: envelope.sender,
              ...(from === null || isFromSender ? {} : { from: from.slice(0, MAX_LISTED_ADDRESS) }),
              recipients: envelope.recipients.slice(0, MAX_LISTED_RECIPIENTS),
              recipientCount: envelope.recipients.length,
              subject: subject?.slice(0, MAX_LISTED_SUBJECT) ?? null,
              bytes,
              outcome,
              queues: sent.map(({ queue }) => queue),
              expiresAt: readExpiry(),
            }),
          }),
        ),
      );
    },

    finishArrival: (claim, outcome, sent) =>
      updateClaimed(claim, { set: { state: 'done', doneAt: readNow(), outcome, sent } }),

    releaseArrival: (claim, { code, stack }) =>
      updateClaimed(claim, {
        set: { leaseUntil: 0, failureCode: code, failureStack: stack ?? undefined },
        add: { failures: 1 },
        // The SDK may send it twice: one failure counted as two would hide a death.
        condition: 'leaseUntil > :none',
        values: { none: 0 },
      }),

    async reopenArrival(arrivalId) {
      try {
        await callAws('DynamoDB', () =>
          dynamodb.send(
            new UpdateItemCommand({
              TableName: table,
              Key: marshall(arrivalKey(arrivalId)),
              // Its takings count anew, or it would be taken for what ends processes.
              UpdateExpression:
                'SET #state = :seen, failures = epoch REMOVE doneAt, decided, quarantine, failureCode, failureStack',
              ConditionExpression: '#state = :done',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: marshall({
                ':seen': 'seen',
                ':done': 'done',
              }),
            }),
          ),
        );
      } catch (error) {
        // It is open already: an earlier try got that far.
        if (!isRefused(error)) throw error;
      }
    },

    async recordRepeat(arrivalId) {
      await update({
        key: arrivalKey(arrivalId),
        set: { lastRepeatAt: readNow() },
        add: { repeats: 1 },
      });
    },

    readAttempts: (arrivalIds) =>
      Promise.all(
        arrivalIds.map(async (arrivalId) => {
          // Whoever asks comes seconds after the last taking at the least: half the price will do.
          const row = await readRow(arrivalKey(arrivalId), { isConsistent: false });
          return row?.epoch ?? 0;
        }),
      ),

    async addCounts(counts) {
      await update({
        key: countersKey(clock.now()),
        set: { expiresAt: readExpiry() },
        add: { ...counts },
        retry: 'if-undone',
      });
    },
  };
}

/** LIMIT: what a list shows of a mail stays in one kilobyte, which is what one write pays for. */
const MAX_LISTED_RECIPIENTS = 5;
const MAX_LISTED_SUBJECT = 120;
/** RFC 5321 section 4.5.3.1: what an address may have at most. */
const MAX_LISTED_ADDRESS = 254;
