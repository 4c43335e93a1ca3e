import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type {
  Configuration,
  QueueConfiguration,
} from '../../mail/configuration/configuration-schema.ts';
import { Arrivals } from '../constructs/arrivals.ts';
import { createMailBucket } from '../constructs/mail-bucket.ts';
import { PARSE_MAIL_TIMEOUT, ParseMailFunction } from '../constructs/parse-mail-function.ts';
import { QueueWithDeadLetters } from '../constructs/queue-with-dead-letters.ts';
import { planRemoval } from '../constructs/retention.ts';

/** What both stacks are made from. */
export interface PostroomStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
}

/** Mail that no rule may have is read by people, in their own time. */
const QUARANTINE_SETTINGS: QueueConfiguration = {
  type: 'standard',
  visibilityTimeoutSeconds: 300,
  maxReceives: 10,
};

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
    const arrivals = new Arrivals(this, 'Arrivals', {
      configuration,
      readerTimeout: PARSE_MAIL_TIMEOUT,
    });
    const queues = { ...configuration.queues, quarantine: QUARANTINE_SETTINGS };
    const destinations = Object.entries(queues).map(
      ([queue, settings]) =>
        new QueueWithDeadLetters(this, `Destination-${queue}`, {
          environment,
          queue,
          settings,
          removalPolicy,
        }).queue,
    );
    new ParseMailFunction(this, 'ParseMail', {
      configuration,
      architecture,
      mailBucket,
      arrivals: arrivals.queue,
      destinations,
    });
  }
}
