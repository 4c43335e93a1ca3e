import type { SesMailSender } from '../../adapters/aws/ses-mail-sender.ts';
import type { QueueBrowser } from '../../adapters/aws/sqs-queue-browser.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';
import { CommandError } from '../command-error.ts';
import { describeDecider } from '../describe-decider.ts';
import type { Finding } from '../doctor/finding.ts';
import { MARKS, type Mark } from '../output/style.ts';
import { listQueueNames } from '../queue/list-queue-names.ts';
import { awaitEvent, type WatchedQueue } from './await-event.ts';
import { chooseRecipient } from './choose-recipient.ts';
import { composeTestMail, testSubject } from './compose-test-mail.ts';
import { predictDestinations } from './predict-destinations.ts';

export interface TestMailPorts {
  readonly browser: QueueBrowser;
  readonly sender: SesMailSender;
  readonly region: string;
  readonly readNowMs: () => number;
  readonly createToken: () => string;
  readonly pause: (ms: number) => Promise<void>;
  /** Says what was done, as it happens. */
  readonly reportStep: (mark: Mark, text: string) => void;
  /** What could keep the mail away; asked when it does not come. */
  readonly findObstacles: () => Promise<readonly Finding[]>;
}

export interface TestMailOptions {
  readonly recipient: string | undefined;
  readonly timeoutSeconds: number;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function findQueue(
  queue: string,
  configuration: Configuration,
  browser: QueueBrowser,
): Promise<WatchedQueue> {
  const name = listQueueNames(configuration).get(queue)?.name ?? queue;
  const state = await browser.readQueue(name);
  if (state !== undefined) return state;
  throw new CommandError(
    `test-mail: no queue ${name} in this account and region; deploy the environment, or check AWS_PROFILE and AWS_REGION`,
  );
}

/** The queue that the mail must reach; a mail for several is watched in the first. */
async function predictQueue(
  bytes: Uint8Array,
  mail: { readonly recipient: string; readonly token: string; readonly region: string },
  configuration: Configuration,
): Promise<{ readonly queue: string; readonly why: string }> {
  const { destinations, dropped } = await predictDestinations(bytes, mail, configuration);
  const [destination] = destinations;
  if (destination === undefined) {
    throw new CommandError(
      `test-mail: the rules drop mail to ${mail.recipient} ("${dropped[0]?.reason ?? 'no reason'}"), so it reaches no queue; choose another address with --to`,
    );
  }
  const why = destination.trace.map(({ decidedBy }) => describeDecider(decidedBy)).join(', ');
  return { queue: destination.queue, why };
}

async function reportAbsence(
  { reportStep, findObstacles }: TestMailPorts,
  text: string,
): Promise<void> {
  reportStep('wrong', text);
  for (const { check, mark, text: found } of await findObstacles()) {
    reportStep(mark, `${check}: ${found}`);
  }
}

/**
 * Sends a mail through SES to a domain of ours and waits for it in the queue that the rules choose.
 *
 * @returns Whether it arrived.
 * @throws {CommandError} When it could not be sent, or could reach no queue.
 */
export async function runTestMail(
  configuration: Configuration,
  { recipient: wanted, timeoutSeconds }: TestMailOptions,
  ports: TestMailPorts,
): Promise<boolean> {
  const { browser, sender, region, readNowMs, createToken, pause, reportStep } = ports;
  const recipient = chooseRecipient(wanted, configuration);
  const token = createToken();
  const from = `postroom-test@${splitAddress(recipient).domain}`;
  const sentAt = new Date(readNowMs());
  const bytes = composeTestMail({ sender: from, recipient, token, sentAt });
  const { queue, why } = await predictQueue(bytes, { recipient, token, region }, configuration);
  const watched = await findQueue(queue, configuration, browser);
  const startedAtMs = readNowMs();
  const outcome = await sender.sendMail({ sender: from, recipient, bytes });
  if (outcome.kind === 'refused') {
    throw new CommandError(
      `test-mail: SES refuses to send (${outcome.reason}); verify ${splitAddress(from).domain} in ${region}: \`npx postroom doctor\` says what is missing`,
    );
  }
  const sentMs = readNowMs() - startedAtMs;
  reportStep('right', `sent to ${recipient} (${outcome.sesMessageId}, ${seconds(sentMs)})`);
  reportStep('right', `the rules send it to ${queue} (${why}); waiting there`);
  const watch = await awaitEvent(browser, watched, {
    isOurs: ({ subject }) => subject === testSubject(token),
    timeoutMs: timeoutSeconds * 1000,
    readNowMs,
    pause,
  });
  const waited = seconds(readNowMs() - startedAtMs);
  switch (watch.kind) {
    case 'arrived':
      reportStep(
        'right',
        `arrived in ${queue} ${waited} after it was sent: ${watch.event.eventId}`,
      );
      return true;
    case 'stopped':
      await reportAbsence(
        ports,
        `stopped after ${waited}: another message in ${queue} was received ${watch.receives} times, and more looks would send it to the dead-letter queue`,
      );
      return false;
    case 'timed-out':
      await reportAbsence(
        ports,
        `not in ${queue} after ${waited}; a consumer may have taken it first. What could keep it away (${MARKS.wrong} is wrong):`,
      );
      return false;
  }
}
