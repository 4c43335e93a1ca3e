import type { SQSEvent } from 'aws-lambda';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import {
  type BatchReport,
  createParseMailHandler,
  type ParseMailDependencies,
} from '../../lambdas/parse-mail/create-handler.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { pickParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryQuarantine } from './memory-quarantine.ts';
import { createMemoryPorts } from './memory-ports.ts';
import { createSampleConfiguration } from './sample-configuration.ts';
import { createContext, createSqsEvent } from './sqs-event.ts';

export const LEASE_SECONDS = 90;

/** What a test may change of a room. */
export interface RoomOptions {
  readonly configuration?: Partial<ConfigurationInput>;
  /** Puts something between the function and its ports: tests make it fail. */
  readonly wrapPorts?: (ports: ParseMailDependencies) => ParseMailDependencies;
}

/** parse-mail over stores in memory that hold these mails by their SES message id. */
export function createMemoryRoom(
  mails: Readonly<Record<string, string>>,
  { configuration: changes = {}, wrapPorts = (ports) => ports }: RoomOptions = {},
) {
  let nowMs = Date.parse('2026-11-24T09:00:01.000Z');
  const clock = { now: () => nowMs };
  const ports = createMemoryPorts('mail-bucket');
  for (const [messageId, mail] of Object.entries(mails)) {
    for (const rule of [1, 2]) {
      ports.objects.set(`mail-bucket/raw/ses/${rule}/${messageId}`, Buffer.from(mail));
    }
  }
  const ledger = createMemoryLedger(clock, LEASE_SECONDS);
  const quarantine = createMemoryQuarantine();
  const handled: HandledMail[] = [];
  const reports: BatchReport[] = [];
  const delays: { readonly receiptHandle: string; readonly seconds: number }[] = [];
  const configureAs = (input: Partial<ConfigurationInput>) =>
    pickParseMailConfiguration(parseConfiguration(createSampleConfiguration(input)));
  let configuration = configureAs(changes);
  const handler = createParseMailHandler(
    wrapPorts({
      ...ports,
      ledger,
      quarantine,
      clock,
      readRandom: () => 0.5,
      retries: {
        delayRetry({ receiptHandle }, seconds) {
          delays.push({ receiptHandle, seconds });
          return Promise.resolve();
        },
      },
      mailBucket: 'mail-bucket',
      mime: createMailparserMimeParser(),
      readConfiguration: () => configuration,
      observe: (mail) => handled.push(mail),
      reportBatch: (report) => reports.push(report),
    }),
  );
  const invokeEvent = (event: SQSEvent, context = createContext()) => handler(event, context);
  return {
    ...ports,
    clock,
    ledger,
    quarantine,
    delays,
    handled,
    reports,
    invokeEvent,
    invoke: (...bodies: readonly unknown[]) => invokeEvent(createSqsEvent(...bodies)),
    /** Lets time go by. */
    passSeconds(seconds: number) {
      nowMs += seconds * 1000;
    },
    /** Deploys other rules. */
    configure(input: Partial<ConfigurationInput>) {
      configuration = configureAs(input);
    },
  };
}
