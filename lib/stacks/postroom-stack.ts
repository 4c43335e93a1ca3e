import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { Arrivals } from '../constructs/arrivals.ts';
import { DropDoor } from '../constructs/drop-door.ts';
import { createLedgerTable } from '../constructs/ledger-table.ts';
import { createMailBucket } from '../constructs/mail-bucket.ts';
import type { MailRoomProps } from '../constructs/mail-function.ts';
import { ParseMailFunction } from '../constructs/parse-mail-function.ts';
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
    const destinations = Object.entries(configuration.queues).map(
      ([queue, settings]) =>
        new QueueWithDeadLetters(this, `Destination-${queue}`, {
          environment,
          queue,
          settings,
          removalPolicy,
        }).queue,
    );
    const room: MailRoomProps = {
      configuration,
      architecture,
      mailBucket,
      ledger: createLedgerTable(this, configuration),
      arrivals: arrivals.queue,
    };
    new ParseMailFunction(this, 'ParseMail', { ...room, destinations });
    new DropDoor(this, 'DropDoor', room);
    new Reconciliation(this, 'Reconciliation', room);
  }
}
