import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { ForgettableMail, LedgerEraser } from '../../mail/ledger/ledger-eraser.ts';
import { isSameAddress, stripDecision } from '../../mail/ledger/strip-decision.ts';
import { arrivalKey, deliveryKey, listKey, type TableKey } from '../../mail/ledger/table-keys.ts';
import type { Clock } from '../../mail/ports/clock.ts';
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
  'sent',
  'failureCode',
  'failureStack',
];

interface RowChange {
  readonly key: TableKey;
  readonly set: Readonly<Record<string, string | Uint8Array | readonly string[]>>;
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
    { listed: { mailId } }: ForgettableMail,
    address: string,
  ): Promise<void> => {
    if (mailId !== null) await removeRow(deliveryKey(mailId, address));
  };

  return {
    async removeMail(mail, address) {
      const { listed, arrival } = mail;
      await removeDelivery(mail, address);
      if (arrival !== null) {
        const key = arrivalKey(listed.arrivalId);
        await changeRow({ key, set: { forgottenAt: readNow() }, remove: TELLING });
      }
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
          remove: [...isSender, ...(isFirst ? ['firstRecipient'] : [])],
        });
      }
      await changeRow({
        key: listKey(listed),
        set: { recipients: others },
        remove: [...isSender, ...(isSameAddress(from, address) ? ['from'] : [])],
      });
    },
  };
}
