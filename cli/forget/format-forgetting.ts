import {
  formatBytes,
  formatCount,
  type Mark,
  showForeignText,
  styleFaint,
  styleMark,
} from '../output/style.ts';
import type { Forgetting, KeptMail, KeptObject } from './examine-mail.ts';

const MARK: Readonly<Record<Forgetting, Mark>> = {
  remove: 'right',
  strip: 'unknown',
  'under-way': 'wrong',
};

function describeObjects(objects: readonly KeptObject[]): string {
  const [events, raws, originals] = (['event', 'raw', 'original'] as const).map((kind) =>
    objects.filter((object) => object.kind === kind),
  );
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  const names = [
    ...(raws?.length === 0 ? [] : ['the raw mail']),
    ...(originals?.length === 0 ? [] : ['its original in the drop bucket']),
    ...(events?.length === 0 ? [] : [formatCount(events?.length ?? 0, 'large event')]),
  ];
  return names.length === 0 ? '' : `${names.join(' and ')} (${formatBytes(bytes)})`;
}

const join = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(', ');

function describeForgetting({ forgetting, going, staying }: KeptMail): string {
  switch (forgetting) {
    case 'remove':
      return join('its rows', describeObjects(going));
    case 'strip':
      return `${join('the address in its rows', describeObjects(going))}; for the others stays ${describeObjects(staying) || 'nothing'}`;
    case 'under-way':
      return 'nothing yet, as it is not done';
  }
}

/**
 * A mail of a person, and what of it goes.
 *
 * SECURITY: a stranger wrote the mail, so nothing of it is shown as it came.
 */
export function formatKeptMail(mail: KeptMail): readonly string[] {
  const { arrivalId, receivedAt, subject } = mail.listed;
  return [
    `${styleMark(MARK[mail.forgetting])} ${styleFaint(receivedAt)}  ${showForeignText(subject ?? '(no subject)')}`,
    `  ${showForeignText(arrivalId)}: ${describeForgetting(mail)}`,
    ...(mail.forgetting === 'strip'
      ? mail.staying.map(({ address }) =>
          showForeignText(`  stays: s3://${address.bucket}/${address.key}`),
        )
      : []),
  ];
}

/** The same as an object. */
export const formatKeptMailJson = (
  { listed, forgetting, going, staying }: KeptMail,
  isForgotten: boolean,
): string =>
  JSON.stringify({
    arrivalId: listed.arrivalId,
    mailId: listed.mailId,
    receivedAt: listed.receivedAt,
    forgetting,
    isForgotten,
    going: going.map(({ kind, address, bytes }) => ({ kind, ...address, bytes })),
    staying: staying.map(({ kind, address, bytes }) => ({ kind, ...address, bytes })),
  });

/** What a run of the command came to. */
export interface ForgettingTally {
  readonly counts: Readonly<Record<Forgetting, number>>;
  readonly isActing: boolean;
}

/** What no command can remove, and what was not looked for. */
const LIMITS = [
  'not removed: events that wait in queues (for 14 days at the most), and what consumers made of them',
  'not removed: originals in mailboxes',
  "not removed: the table's backups; point-in-time recovery reaches 35 days back",
  'not looked for: what lies in the drop bucket and did not come in, or was forgotten before; it goes after 15 days',
  'not looked for: mail that names the address only in other headers or in its text; logs hold no address',
];

/** What was or would be done, what stays, and how to go on; a line each. */
export function formatTally({ counts, isActing }: ForgettingTally): readonly string[] {
  const total = counts.remove + counts.strip + counts['under-way'];
  if (total === 0) return ['nothing is kept of this address'];
  return [
    `${isActing ? 'forgotten' : 'to be forgotten'}: ${formatCount(counts.remove, 'mail')}` +
      (counts.strip === 0 ? '' : `, and the address in ${formatCount(counts.strip, 'mail')}`),
    ...(counts.strip === 0
      ? []
      : [
          isActing
            ? 'others have part in mail whose bytes stay: the list above says where, and this command does not find it again'
            : 'others have part in mail whose bytes stay; with --act --shared it goes too',
        ]),
    ...(counts['under-way'] === 0
      ? []
      : [`${formatCount(counts['under-way'], 'mail')} not done yet: run this again later`]),
    ...LIMITS,
    ...(isActing ? [] : ['nothing was changed; add --act to do it']),
  ];
}
