import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ForgettableMail, LedgerEraser } from '../../mail/ledger/ledger-eraser.ts';
import { quarantineKey } from '../../mail/ledger/quarantine-keys.ts';
import type { ListedMail } from '../../mail/ledger/story-reader.ts';
import { isSameAddress, stripDecision } from '../../mail/ledger/strip-decision.ts';
import { arrivalKey, deliveryKey, listKey, type TableKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type { HeldRow } from '../../mail/quarantine/quarantine.ts';
import { askAws } from './ask-aws.ts';
import { packDecision } from './ledger-rows.ts';

/** What an arrival's row tells of the mail and of people. */
const TELLING = [
  'rawBucket',
  'rawKey',
  'sender',
  'firstRecipient',
  'mailId',
  'decided',
  'quarantine',
  'sent',
  'failureCode',
  'failureStack',
];

interface RowChange {
  readonly key: TableKey;
  readonly set: Readonly<Record<string, string | Uint8Array | readonly string[] | ArrivedMail>>;
  readonly remove: readonly string[];
}

/** Removes a person from the rows of the ledger's table. */
export function createDynamoDbLedgerEraser(
  dynamodb: DynamoDBClient,
  { table, clock }: { readonly table: string; readonly clock: Clock },
): LedgerEraser {
  const readNow = (): string => new Date(clock.now()).toISOString();

  const removeRow = async (key: TableKey): Promise<void> => {
    await askAws('dynamodb:DeleteItem', () =>
      dynamodb.send(new DeleteItemCommand({ TableName: table, Key: marshall(key) })),
    );
  };

  /** Changes a row that is there; one that has expired since it was read stays away. */
  const changeRow = ({ key, set, remove }: RowChange): Promise<void> =>
    askAws('dynamodb:UpdateItem', async () => {
      const names = [...Object.keys(set), ...remove];
      const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
      const removals = remove.map((name) => `#${name}`);
      const values = Object.entries(set).map(([name, value]) => [`:${name}`, value] as const);
      try {
        await dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: marshall(key),
            UpdateExpression: [
              `SET ${sets.join(', ')}`,
              removals.length === 0 ? '' : `REMOVE ${removals.join(', ')}`,
            ].join(' '),
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: marshall(Object.fromEntries(values)),
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });

  const removeDelivery = async (
    { listed, arrival }: ForgettableMail,
    address: string,
  ): Promise<void> => {
    // The list does not know the mail of an arrival that was given up after it was decided.
    const mailId = listed.mailId ?? arrival?.decided?.mailId;
    if (mailId !== undefined) await removeRow(deliveryKey(mailId, address));
  };

  const stripHeld = async (listed: ListedMail, address: string): Promise<void> => {
    const key = quarantineKey({ heldId: listed.arrivalId, receivedAt: listed.receivedAt });
    const { Item } = await askAws('dynamodb:GetItem', () =>
      dynamodb.send(
        new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
      ),
    );
    // Only Postroom writes the table.
    const arrived = Item === undefined ? null : (unmarshall(Item) as HeldRow).arrived;
    if (arrived === null) return;
    const { sender, ...envelope } = arrived.envelope;
    const recipients = envelope.recipients.filter((one) => !isSameAddress(one, address));
    if (recipients.length === 0) {
      await removeRow(key);
      return;
    }
    const kept = isSameAddress(sender, address) ? '' : sender;
    const stripped = { ...arrived, envelope: { ...envelope, sender: kept, recipients } };
    await changeRow({ key, set: { arrived: stripped }, remove: [] });
  };

  return {
    async removeMail(mail, address) {
      const { listed, arrival } = mail;
      await removeDelivery(mail, address);
      if (arrival !== null) {
        const key = arrivalKey(listed.arrivalId);
        await changeRow({ key, set: { forgottenAt: readNow() }, remove: TELLING });
      }
      const { arrivalId: heldId, receivedAt } = listed;
      await removeRow(quarantineKey({ heldId, receivedAt }));
      await removeRow(listKey(listed));
    },

    async stripMail(mail, address) {
      const { listed, arrival } = mail;
      const { sender, from, recipients } = listed;
      const others = recipients.filter((recipient) => !isSameAddress(recipient, address));
      const isFirst = isSameAddress(recipients[0], address);
      const isSender = isSameAddress(sender, address) ? ['sender'] : [];
      await removeDelivery(mail, address);
      if (arrival !== null) {
        const decided = arrival.decided === null ? null : stripDecision(arrival.decided, address);
        await changeRow({
          key: arrivalKey(listed.arrivalId),
          set: {
            forgottenAt: readNow(),
            ...(decided === null ? {} : { decided: packDecision(decided) }),
          },
          // Nobody reads of a done arrival what was told of it; the quarantine's row has it.
          remove: ['quarantine', ...isSender, ...(isFirst ? ['firstRecipient'] : [])],
        });
      }
      await stripHeld(listed, address);
      await changeRow({
        key: listKey(listed),
        set: { recipients: others },
        remove: [...isSender, ...(isSameAddress(from, address) ? ['from'] : [])],
      });
    },
  };
}
