import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { localMailBucket } from '../../local/queues/create-resources.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { SAMPLE_HEADERS, writeMail } from '../support/sample-mail.ts';
import { createSesNotification } from '../support/sample-notification.ts';
import type { Expectation } from './find-faults.ts';
import type { StoredMail } from './mail-world.ts';

/** What happens once in a run of a scenario. */
export interface ScenarioRun extends Expectation {
  readonly mails: readonly StoredMail[];
  readonly notifications: readonly unknown[];
}

/** Mails that come in, and what must become of them. */
export interface Scenario {
  readonly title: string;
  /** @param run Makes the mails of each run others than those before. */
  readonly create: (run: string) => ScenarioRun;
  /** Records in one invocation. @default 10 */
  readonly batchSize?: number;
}

const SUPPORT = 'support@example.com';
const INVOICES = 'invoices@example.com';
const CUSTOMER = 'customer@all.example.net';
const OTHER = 'other@all.example.net';

/** The queues and rules of all scenarios. */
export const SCENARIO_CONFIGURATION: ConfigurationInput = createSampleConfiguration({
  queues: { support: {}, invoices: { type: 'fifo' }, inbox: {}, crm: { once: 'mail' } },
  rules: [
    {
      name: 'invoices',
      when: { recipient: { address: INVOICES } },
      then: [{ tag: 'money' }, { queue: 'invoices' }],
    },
    { name: 'support', when: { recipient: { address: SUPPORT } }, then: [{ queue: 'support' }] },
    {
      name: 'customers',
      when: { subject: '*for the CRM*' },
      then: [{ queue: 'crm' }],
    },
  ],
});

const MAIL_BUCKET = localMailBucket(SCENARIO_CONFIGURATION.environment);

/** A mail that no other run has. */
export const createMail = (
  run: string,
  { subject = 'Printer on fire', text = 'Hello\r\n' } = {},
): string =>
  writeMail({ ...SAMPLE_HEADERS, Subject: subject, 'Message-ID': `<${run}@sender.example>` }, text);

const messageIdOf = (run: string): string => `${run}@sender.example`;

/** SES's notification of a mail by one of its receipt rules. */
export function createNotification(
  messageId: string,
  recipients: readonly string[],
  rule = 1,
): unknown {
  const sample = createSesNotification({ messageId, bucketName: MAIL_BUCKET, recipients });
  const { receipt } = sample;
  const objectKeyPrefix = `raw/ses/${rule}/`;
  const action = {
    ...receipt.action,
    objectKeyPrefix,
    objectKey: `${objectKeyPrefix}${messageId}`,
  };
  return { ...sample, receipt: { ...receipt, action } };
}

/** One mail with one notification. */
const createSingle = (
  run: string,
  raw: string,
  events: Readonly<Record<string, readonly string[]>>,
): ScenarioRun => ({
  mails: [{ rule: 1, messageId: run, raw }],
  notifications: [createNotification(run, Object.values(events).flat())],
  arrivalIds: [`ses-1-${run}`],
  outcomes: [
    Object.entries(events).map(([queue, recipients]) => ({
      queue,
      messageId: messageIdOf(run),
      recipients,
    })),
  ],
});

/** One mail by two receipt rules, which both tell of a recipient. */
function createTwice(
  run: string,
  raw: string,
  [first, second]: readonly [readonly string[], readonly string[]],
): Omit<ScenarioRun, 'outcomes'> {
  return {
    mails: [1, 2].map((rule) => ({ rule, messageId: run, raw })),
    notifications: [createNotification(run, first), createNotification(run, second, 2)],
    arrivalIds: [`ses-1-${run}`, `ses-2-${run}`],
  };
}

const LARGE_TEXT = 'A line of a long mail that no queue would take as it is.\r\n'.repeat(1_500);

export const ONE_MAIL: Scenario = {
  title: 'one mail to one queue',
  create: (run) => createSingle(run, createMail(run), { support: [SUPPORT] }),
};

export const SCENARIOS: readonly Scenario[] = [
  ONE_MAIL,
  {
    title: 'a large mail to two queues by claim checks',
    create: (run) =>
      createSingle(run, createMail(run, { text: LARGE_TEXT }), {
        support: [SUPPORT],
        invoices: [INVOICES],
      }),
  },
  {
    title: 'one mail by two receipt rules that share a recipient',
    create: (run) => ({
      ...createTwice(run, createMail(run), [
        [SUPPORT, CUSTOMER],
        [CUSTOMER, INVOICES],
      ]),
      outcomes: [
        Object.entries({ support: [SUPPORT], inbox: [CUSTOMER], invoices: [INVOICES] }).map(
          ([queue, recipients]) => ({ queue, messageId: messageIdOf(run), recipients }),
        ),
      ],
    }),
  },
  {
    title: 'the same notification five times',
    // Apart: at once, four of five receives would be used up while the first is being handled.
    batchSize: 2,
    create: (run) => {
      const single = createSingle(run, createMail(run), { support: [SUPPORT] });
      const [notification] = single.notifications;
      return { ...single, notifications: Array.from({ length: 5 }, () => notification) };
    },
  },
  {
    title: 'a batch of four mails',
    create: (run) => {
      const singles = ['a', 'b', 'c', 'd'].map((letter, index) =>
        createSingle(
          `${run}${letter}`,
          createMail(`${run}${letter}`),
          index % 2 === 0 ? { support: [SUPPORT] } : { inbox: [OTHER] },
        ),
      );
      return {
        mails: singles.flatMap(({ mails }) => mails),
        notifications: singles.flatMap(({ notifications }) => notifications),
        arrivalIds: singles.flatMap(({ arrivalIds }) => arrivalIds),
        outcomes: [singles.flatMap(({ outcomes: [events = []] }) => events)],
      };
    },
  },
  {
    title: 'one mail by two receipt rules to a queue that takes one event a mail',
    create: (run) => ({
      ...createTwice(run, createMail(run, { subject: 'for the CRM' }), [[CUSTOMER], [OTHER]]),
      outcomes: [CUSTOMER, OTHER].map((recipient) => [
        { queue: 'crm', messageId: messageIdOf(run), recipients: [recipient] },
      ]),
    }),
  },
];
