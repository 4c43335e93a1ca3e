import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesizeStacks, writeValue } from './synthesized-stacks.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: { readonly AWS?: string };
}

/** What roles, their policies and bucket policies have, each some of it. */
interface PolicyHolder {
  readonly id: string;
  readonly PolicyDocument?: { readonly Statement: readonly Statement[] };
  readonly Roles?: readonly string[];
  readonly Policies?: readonly Pick<PolicyHolder, 'PolicyDocument'>[];
}

const listHolders = (template: Template, type: string): readonly PolicyHolder[] =>
  Object.entries(template.findResources(type)).map(
    // Templates are untyped; these members are CloudFormation's.
    ([id, { Properties }]) => ({ ...(writeValue(Properties) as object), id }),
  );

const listStatements = (
  holders: readonly Pick<PolicyHolder, 'PolicyDocument'>[],
): readonly Statement[] => holders.flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? []);

/**
 * What a role may do, as `action on resource`: by policies of its own, by those that are put on it,
 * and by the bucket's that names it.
 */
function listPermissions(template: Template, role: string): readonly string[] {
  const own = listHolders(template, 'AWS::IAM::Role')
    .filter(({ id }) => id === role)
    .flatMap(({ Policies = [] }) => Policies);
  const attached = listHolders(template, 'AWS::IAM::Policy').filter(({ Roles }) =>
    Roles?.includes(`<${role}>`),
  );
  const byBucket = listStatements(listHolders(template, 'AWS::S3::BucketPolicy')).filter(
    ({ Principal }) => Principal?.AWS === `<${role}.Arn>`,
  );
  return [...listStatements([...own, ...attached]), ...byBucket]
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((on) => `${action} on ${on}`)),
    )
    .toSorted();
}

const ACCOUNT_SETTING =
  'the active rule set is a setting of the account; SES knows no resource for it';
const EMPTYING = 'it empties the whole bucket, in an environment that says whenDestroyed: delete';

/** Wildcards that stand for a reason. Everything else with a `*` fails. */
const REASONED_WILDCARDS = new Map([
  ['s3:GetObject on <MailBucketFABEC941.Arn>/raw/ses/*', 'SES names raw mail, one object each'],
  ['s3:GetObject on <MailBucketFABEC941.Arn>/raw/*', 'doors name raw mail, one object each'],
  ['s3:PutObject on <MailBucketFABEC941.Arn>/raw/drop/*', 'raw mail is named by its arrival'],
  ['s3:GetObject on <DropBucketCB075576.Arn>/*', 'a team names what it drops'],
  ['s3:GetObjectVersion on <DropBucketCB075576.Arn>/*', 'a team names what it drops'],
  ['s3:PutObject on <MailBucketFABEC941.Arn>/events/*', 'large events are named by their id'],
  ...['imap', 'pop3'].flatMap((door) =>
    ['s3:AbortMultipartUpload', 's3:PutObject'].map(
      (action) =>
        [
          `${action} on <MailBucketFABEC941.Arn>/raw/${door}/*`,
          'raw mail is named by its arrival',
        ] as const,
    ),
  ),
  ...['s3:DeleteObject', 's3:GetObject', 's3:PutObject'].map(
    (action) =>
      [
        `${action} on <MailBucketFABEC941.Arn>/mailboxes/*`,
        'lists are named by their mailbox and its claim',
      ] as const,
  ),
  ['ses:DescribeActiveReceiptRuleSet on *', ACCOUNT_SETTING],
  ['ses:SetActiveReceiptRuleSet on *', ACCOUNT_SETTING],
  ...['MailBucketFABEC941', 'DropBucketCB075576'].flatMap((bucket) =>
    [
      `s3:DeleteObject* on <${bucket}.Arn>`,
      `s3:DeleteObject* on <${bucket}.Arn>/*`,
      `s3:GetBucket* on <${bucket}.Arn>`,
      `s3:GetBucket* on <${bucket}.Arn>/*`,
      `s3:List* on <${bucket}.Arn>`,
      `s3:List* on <${bucket}.Arn>/*`,
      `s3:PutBucketPolicy on <${bucket}.Arn>/*`,
    ].map((permission) => [permission, EMPTYING] as const),
  ),
]);

const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  ParseMail: [
    'dynamodb:GetItem on <LedgerB7379752.Arn>',
    'dynamodb:PutItem on <LedgerB7379752.Arn>',
    'dynamodb:Query on <LedgerB7379752.Arn>',
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <ParseMailLog6A9C6F9E.Arn>',
    'logs:PutLogEvents on <ParseMailLog6A9C6F9E.Arn>',
    's3:GetObject on <MailBucketFABEC941.Arn>/raw/*',
    's3:PutObject on <MailBucketFABEC941.Arn>/events/*',
    'sqs:ChangeMessageVisibility on <ArrivalsQueue808B4D44.Arn>',
    'sqs:DeleteMessage on <ArrivalsQueue808B4D44.Arn>',
    'sqs:GetQueueAttributes on <ArrivalsQueue808B4D44.Arn>',
    'sqs:ReceiveMessage on <ArrivalsQueue808B4D44.Arn>',
    'sqs:SendMessage on <DestinationinvoicesQueue31BC20C0.Arn>',
    'sqs:SendMessage on <DestinationsupportQueueFF626622.Arn>',
  ],
  EnterDrops: [
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <DropDoorEnterDropsLog2C169292.Arn>',
    'logs:PutLogEvents on <DropDoorEnterDropsLog2C169292.Arn>',
    's3:GetObject on <DropBucketCB075576.Arn>/*',
    's3:GetObjectVersion on <DropBucketCB075576.Arn>/*',
    's3:PutObject on <MailBucketFABEC941.Arn>/raw/drop/*',
    'sqs:ChangeMessageVisibility on <DropDoorDropsEventsQueueC5B2D144.Arn>',
    'sqs:DeleteMessage on <DropDoorDropsEventsQueueC5B2D144.Arn>',
    'sqs:GetQueueAttributes on <DropDoorDropsEventsQueueC5B2D144.Arn>',
    'sqs:ReceiveMessage on <DropDoorDropsEventsQueueC5B2D144.Arn>',
    'sqs:SendMessage on <ArrivalsQueue808B4D44.Arn>',
  ],
  ReconcileArrivals: [
    'dynamodb:GetItem on <LedgerB7379752.Arn>',
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <ReconciliationReconcileArrivalsLog8CFA0634.Arn>',
    'logs:PutLogEvents on <ReconciliationReconcileArrivalsLog8CFA0634.Arn>',
    's3:GetObject on <MailBucketFABEC941.Arn>/raw/ses/*',
    'sqs:ChangeMessageVisibility on <ReconciliationWrittenEventsQueue99C7276B.Arn>',
    'sqs:DeleteMessage on <ReconciliationWrittenEventsQueue99C7276B.Arn>',
    'sqs:GetQueueAttributes on <ReconciliationWrittenEventsQueue99C7276B.Arn>',
    'sqs:ReceiveMessage on <ReconciliationWrittenEventsQueue99C7276B.Arn>',
    'sqs:SendMessage on <ArrivalsQueue808B4D44.Arn>',
  ],
  HoldDeadLetters: [
    'dynamodb:GetItem on <LedgerB7379752.Arn>',
    'dynamodb:PutItem on <LedgerB7379752.Arn>',
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <DeadLettersHoldDeadLettersLog3B7C5D9A.Arn>',
    'logs:PutLogEvents on <DeadLettersHoldDeadLettersLog3B7C5D9A.Arn>',
    'sqs:ChangeMessageVisibility on <ArrivalsDeadLettersACB35B2F.Arn>',
    'sqs:ChangeMessageVisibility on <ArrivalsUndelivered0D9581A1.Arn>',
    'sqs:ChangeMessageVisibility on <DropDoorDropsEventsDeadLetters782C0014.Arn>',
    'sqs:ChangeMessageVisibility on <ReconciliationWrittenEventsDeadLetters0500AA59.Arn>',
    'sqs:DeleteMessage on <ArrivalsDeadLettersACB35B2F.Arn>',
    'sqs:DeleteMessage on <ArrivalsUndelivered0D9581A1.Arn>',
    'sqs:DeleteMessage on <DropDoorDropsEventsDeadLetters782C0014.Arn>',
    'sqs:DeleteMessage on <ReconciliationWrittenEventsDeadLetters0500AA59.Arn>',
    'sqs:GetQueueAttributes on <ArrivalsDeadLettersACB35B2F.Arn>',
    'sqs:GetQueueAttributes on <ArrivalsUndelivered0D9581A1.Arn>',
    'sqs:GetQueueAttributes on <DropDoorDropsEventsDeadLetters782C0014.Arn>',
    'sqs:GetQueueAttributes on <ReconciliationWrittenEventsDeadLetters0500AA59.Arn>',
    'sqs:ReceiveMessage on <ArrivalsDeadLettersACB35B2F.Arn>',
    'sqs:ReceiveMessage on <ArrivalsUndelivered0D9581A1.Arn>',
    'sqs:ReceiveMessage on <DropDoorDropsEventsDeadLetters782C0014.Arn>',
    'sqs:ReceiveMessage on <ReconciliationWrittenEventsDeadLetters0500AA59.Arn>',
    'sqs:SendMessage on <ArrivalsQueue808B4D44.Arn>',
    'sqs:SendMessage on <DestinationsupportQueueFF626622.Arn>',
  ],
  DispatchPolls: [
    'dynamodb:BatchGetItem on <LedgerB7379752.Arn>',
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <PollingDispatchPollsLog8B524DD4.Arn>',
    'logs:PutLogEvents on <PollingDispatchPollsLog8B524DD4.Arn>',
    'sqs:SendMessage on <DestinationsupportQueueFF626622.Arn>',
    'sqs:SendMessage on <PollingPollsBFCD0DA8.Arn>',
  ],
  PollMailbox: [
    'dynamodb:BatchGetItem on <LedgerB7379752.Arn>',
    'dynamodb:BatchWriteItem on <LedgerB7379752.Arn>',
    'dynamodb:GetItem on <LedgerB7379752.Arn>',
    'dynamodb:PutItem on <LedgerB7379752.Arn>',
    'dynamodb:Query on <LedgerB7379752.Arn>',
    'dynamodb:UpdateItem on <LedgerB7379752.Arn>',
    'logs:CreateLogStream on <PollingPollMailboxLogAFFC1E9A.Arn>',
    'logs:PutLogEvents on <PollingPollMailboxLogAFFC1E9A.Arn>',
    's3:AbortMultipartUpload on <MailBucketFABEC941.Arn>/raw/imap/*',
    's3:AbortMultipartUpload on <MailBucketFABEC941.Arn>/raw/pop3/*',
    's3:DeleteObject on <MailBucketFABEC941.Arn>/mailboxes/*',
    's3:GetObject on <MailBucketFABEC941.Arn>/mailboxes/*',
    's3:ListBucket on <MailBucketFABEC941.Arn>',
    's3:PutObject on <MailBucketFABEC941.Arn>/mailboxes/*',
    's3:PutObject on <MailBucketFABEC941.Arn>/raw/imap/*',
    's3:PutObject on <MailBucketFABEC941.Arn>/raw/pop3/*',
    'secretsmanager:GetSecretValue on arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:postroom/mailboxes-??????',
    'secretsmanager:GetSecretValue on arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:vendor-??????',
    'sqs:ChangeMessageVisibility on <PollingPollsBFCD0DA8.Arn>',
    'sqs:DeleteMessage on <PollingPollsBFCD0DA8.Arn>',
    'sqs:GetQueueAttributes on <PollingPollsBFCD0DA8.Arn>',
    'sqs:ReceiveMessage on <PollingPollsBFCD0DA8.Arn>',
    'sqs:SendMessage on <ArrivalsQueue808B4D44.Arn>',
    'sqs:SendMessage on <DestinationsupportQueueFF626622.Arn>',
  ],
  ActivateRuleSet: [
    'logs:CreateLogStream on <ActivationActivateRuleSetLog44C7C9D6.Arn>',
    'logs:PutLogEvents on <ActivationActivateRuleSetLog44C7C9D6.Arn>',
    'ses:DescribeActiveReceiptRuleSet on *',
    'ses:SetActiveReceiptRuleSet on *',
  ],
  CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F: [
    'logs:CreateLogStream on <MailBucketEmptyingLog9E9EDFDD.Arn>',
    'logs:PutLogEvents on <MailBucketEmptyingLog9E9EDFDD.Arn>',
    's3:DeleteObject* on <DropBucketCB075576.Arn>',
    's3:DeleteObject* on <DropBucketCB075576.Arn>/*',
    's3:DeleteObject* on <MailBucketFABEC941.Arn>',
    's3:DeleteObject* on <MailBucketFABEC941.Arn>/*',
    's3:GetBucket* on <DropBucketCB075576.Arn>',
    's3:GetBucket* on <DropBucketCB075576.Arn>/*',
    's3:GetBucket* on <MailBucketFABEC941.Arn>',
    's3:GetBucket* on <MailBucketFABEC941.Arn>/*',
    's3:List* on <DropBucketCB075576.Arn>',
    's3:List* on <DropBucketCB075576.Arn>/*',
    's3:List* on <MailBucketFABEC941.Arn>',
    's3:List* on <MailBucketFABEC941.Arn>/*',
    's3:PutBucketPolicy on <DropBucketCB075576.Arn>',
    's3:PutBucketPolicy on <DropBucketCB075576.Arn>/*',
    's3:PutBucketPolicy on <MailBucketFABEC941.Arn>',
    's3:PutBucketPolicy on <MailBucketFABEC941.Arn>/*',
  ],
};

const made = synthesizeStacks({
  retention: { whenDestroyed: 'delete' },
  mailboxes: ['vendor', 'bounces', 'support'].map((name, index) => ({
    name,
    address: `${name}@example.com`,
    provider: 'gmail',
    secret: index === 0 ? 'vendor' : 'postroom/mailboxes',
  })),
});
const functions = [made.postroomTemplate, made.receivingTemplate].flatMap((template) =>
  Object.entries(template.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => {
    const { Role } = writeValue(Properties) as { readonly Role: string };
    return { id, template, role: Role.slice(1, -'.Arn>'.length) };
  }),
);

describe('permissions', () => {
  it('are listed here for every function', () => {
    expect(functions.map(({ id }) => id).toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted());
  });

  it.each(functions)('of $id are these and no others', ({ id, template, role }) => {
    expect(listPermissions(template, role)).toEqual(PERMISSIONS[id]);
  });

  it.each(functions)('of $id hold no wildcard without a reason', ({ template, role }) => {
    const unreasoned = listPermissions(template, role).filter(
      (permission) => permission.includes('*') && !REASONED_WILDCARDS.has(permission),
    );
    expect(unreasoned).toEqual([]);
  });

  it.each(functions)('of $id come from no managed policy', ({ template, role }) => {
    expect(template.findResources('AWS::IAM::Role')[role]?.['Properties']).not.toHaveProperty(
      'ManagedPolicyArns',
    );
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });
});
