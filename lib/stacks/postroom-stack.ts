import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { findQuarantineQueue } from '../../mail/configuration/parse-mail-configuration.ts';
import { Arrivals } from '../constructs/arrivals.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { DropDoor } from '../constructs/drop-door.ts';
import { createLedgerTable } from '../constructs/ledger-table.ts';
import { createMailBucket } from '../constructs/mail-bucket.ts';
import type { MailRoomProps } from '../constructs/mail-function.ts';
import { ParseMailFunction } from '../constructs/parse-mail-function.ts';
import { Polling } from '../constructs/polling.ts';
import { QueueWithDeadLetters } from '../constructs/queue-with-dead-letters.ts';
import { Reconciliation } from '../constructs/reconciliation.ts';
import { planRemoval } from '../constructs/retention.ts';

/** What both stacks are made from. */
export interface PostroomStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
}

/** Everything but Amazon SES: bucket, topic, queues and parse-mail. Deploys to any AWS endpoint. */
export class PostroomStack extends Stack {
  constructor(scope: Construct, id: string, props: PostroomStackProps) {
    const { configuration, architecture, ...stackProps } = props;
    super(scope, id, {
      description: 'Postroom: mail in, judged by rules, handed to queues',
      ...stackProps,
    });
    const { environment } = configuration;
    const removalPolicy = planRemoval(configuration);
    const mailBucket = createMailBucket(this, configuration);
    const arrivals = new Arrivals(this, 'Arrivals', { configuration });
    const destinations = new Map(
      Object.entries(configuration.queues).map(([queue, settings]) => {
        const id = `Destination-${queue}`;
        const made = new QueueWithDeadLetters(this, id, {
          environment,
          queue,
          settings,
          removalPolicy,
        });
        return [queue, made.queue] as const;
      }),
    );
    const room: MailRoomProps = {
      configuration,
      architecture,
      mailBucket,
      ledger: createLedgerTable(this, configuration),
      arrivals: arrivals.queue,
    };
    new ParseMailFunction(this, 'ParseMail', { ...room, destinations: [...destinations.values()] });
    const drops = new DropDoor(this, 'DropDoor', room);
    const reconciliation = new Reconciliation(this, 'Reconciliation', room);
    const quarantineQueue = findTold(configuration, destinations);
    if (configuration.mailboxes.length > 0) {
      new Polling(this, 'Polling', { ...room, quarantineQueue });
    }
    new DeadLetters(this, 'DeadLetters', {
      ...room,
      quarantineQueue,
      queues: {
        arrivals: arrivals.deadLetterQueue,
        'arrivals-topic': arrivals.undeliveredQueue,
        drops: drops.deadLetterQueue,
        reconcile: reconciliation.deadLetterQueue,
      },
    });
  }
}

/** The queue that is told of mail in quarantine; a checked configuration has it. */
function findTold(configuration: Configuration, destinations: ReadonlyMap<string, IQueue>): IQueue {
  const told = destinations.get(findQuarantineQueue(configuration) ?? '');
  if (told === undefined) throw new TypeError('expected a queue that is told of quarantine');
  return told;
}
