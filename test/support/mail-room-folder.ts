import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import type { ReceiveMailPorts } from '../../lambdas/parse-mail/ports.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { CONFIGURATION, createFolder, startTestRun, writeConfiguration } from '../local/fixture.ts';
import { runPostroom } from './run-postroom.ts';
import { createSesNotification } from './sample-notification.ts';

/** What SES would have done. */
interface PlayedArrival {
  readonly messageId: string;
  /** The receipt rule. @default 1 */
  readonly rule?: number;
  /** Undefined for a notification whose object is not there. */
  readonly mail?: string;
  readonly recipients?: readonly string[];
  /** Announce again what is there. @default false */
  readonly isAgain?: boolean;
}

/** Tells each time that an arrival is done, given back, or swallowed as a repeat. */
function createSettlement() {
  let settled = Promise.withResolvers<undefined>();
  const settle = (): void => {
    settled.resolve(undefined);
    settled = Promise.withResolvers();
  };
  return {
    next: () => settled.promise,
    wrapPorts: (ports: ReceiveMailPorts): ReceiveMailPorts => ({
      ...ports,
      ledger: {
        ...ports.ledger,
        finishArrival: (...ended) => ports.ledger.finishArrival(...ended).then(settle),
        releaseArrival: (...ended) => ports.ledger.releaseArrival(...ended).then(settle),
        recordRepeat: (...ended) => ports.ledger.recordRepeat(...ended).then(settle),
      },
    }),
  };
}

/** A local run in a folder, commands that run there, and SES's part played by hand. */
export async function startMailRoomFolder(changes: Partial<ConfigurationInput> = {}) {
  const folder = createFolder();
  const settlement = createSettlement();
  const room = await startTestRun({
    wrapPorts: settlement.wrapPorts,
    configurationFile: writeConfiguration(folder, { ...CONFIGURATION, ...changes }),
    stateFolder: join(folder, '.postroom'),
    // Commands poll by themselves.
    polling: 'never',
  });
  const { awsEndpoint, mailBucket, queueUrlBase } = room.run.endpoints;
  const clients = createLocalClients(awsEndpoint);
  onTestFinished(() => {
    clients.destroy();
  });
  return {
    ...room,
    folder,
    clients,
    /** Puts an object and its notification where SES would, and waits until that has had an effect. */
    async play({ messageId, rule = 1, mail, recipients, isAgain = false }: PlayedArrival) {
      const key = `raw/ses/${rule}/${messageId}`;
      if (mail !== undefined && !isAgain) {
        await clients.s3.send(new PutObjectCommand({ Bucket: mailBucket, Key: key, Body: mail }));
      }
      const notification = createSesNotification({
        messageId,
        bucketName: mailBucket,
        ...(recipients === undefined ? {} : { recipients }),
      });
      notification.mail.timestamp = new Date().toISOString();
      notification.receipt.timestamp = notification.mail.timestamp;
      notification.receipt.action.objectKeyPrefix = `raw/ses/${rule}/`;
      notification.receipt.action.objectKey = key;
      const settled = settlement.next();
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: `${queueUrlBase}postroom-test-arrivals`,
          MessageBody: JSON.stringify(notification),
        }),
      );
      await settled;
    },
    postroom: (...args: readonly string[]) => runPostroom(args, { cwd: folder }),
    postroomWith: (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
      runPostroom(args, { cwd: folder, env }),
  };
}
