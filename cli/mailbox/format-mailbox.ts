import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { MailboxRow } from '../../mail/polling/mailbox-state.ts';
import type { Finding } from '../doctor/finding.ts';
import {
  formatCount,
  type Mark,
  showForeignText,
  styleFaint,
  styleMark,
  styleStrong,
} from '../output/style.ts';
import type { ExaminedFolder } from './examine-folders.ts';
import type { ExaminedMailbox } from './examine-mailbox.ts';

const CHECK_WIDTH = 15;
const COUNT_WIDTH = 8;

const formatFinding = ({ check, mark, text }: Finding): string =>
  `${styleMark(mark)} ${check.padEnd(CHECK_WIDTH)}${showForeignText(text)}`;

function formatFolder({ path, specialUse, mails, isPolled }: ExaminedFolder): string {
  const count = (mails === null ? '?' : String(mails)).padStart(COUNT_WIDTH);
  const notes = [specialUse ?? [], isPolled ? 'polled' : []].flat().join(', ');
  return showForeignText(`${count}  ${path}${notes === '' ? '' : ` (${notes})`}`);
}

/**
 * What was found of a mailbox, for a person.
 *
 * SECURITY: a server's owner wrote the names of folders and capabilities.
 */
export const formatExamined = (examined: ExaminedMailbox): readonly string[] => [
  `${styleStrong(examined.mailbox)}  ${examined.server}`,
  ...(examined.capabilities.length === 0
    ? []
    : [`  can      ${showForeignText(examined.capabilities.join(' '))}`]),
  ...examined.folders.map(formatFolder),
  ...examined.findings.map(formatFinding),
];

/** A mailbox of the configuration and what is known of its polls. */
export interface ListedMailbox {
  readonly mailbox: string;
  readonly address: string;
  readonly protocol: 'imap' | 'pop3';
  /** ISO 8601 in UTC, as all times here; null for never. */
  readonly lastSuccessAt: string | null;
  readonly lastPolledAt: string | null;
  readonly dueAt: string | null;
  /** In a row. */
  readonly failures: number;
  readonly failureCode: string | null;
  readonly pauseReason: string | null;
  readonly isPolledNow: boolean;
  /** Mails that could not be fetched or stored so far. */
  readonly troubled: number;
}

const toIso = (ms: number | undefined): string | null =>
  ms === undefined || ms === 0 ? null : new Date(ms).toISOString();

/** Puts a mailbox and its row together; one that was never polled has none. */
export const listMailbox = (
  { name, address, protocol }: MailboxConfiguration,
  row: MailboxRow | undefined,
  nowMs: number,
): ListedMailbox => ({
  mailbox: name,
  address,
  protocol,
  lastSuccessAt: toIso(row?.lastSuccessAtMs),
  lastPolledAt: toIso(row?.lastPolledAtMs),
  dueAt: toIso(row?.dueAtMs),
  failures: row?.failures ?? 0,
  failureCode: row?.failureCode ?? null,
  pauseReason: row?.pauseReason ?? null,
  isPolledNow: (row?.leaseUntilMs ?? 0) > nowMs,
  troubled: row?.troubled.length ?? 0,
});

const PAUSES: Readonly<Record<string, string>> = {
  credential: 'paused, as its password was refused or is missing',
  throttled: 'paused, as the server asked us to come later',
  budget: 'paused, as what the provider gives in a day is used up',
  failing: 'waits longer after each failure',
};

function readMark({ lastPolledAt, failures, failureCode, troubled }: ListedMailbox): Mark {
  if (failures > 0 || failureCode !== null || troubled > 0) return 'wrong';
  return lastPolledAt === null ? 'unknown' : 'right';
}

/** What is known of a mailbox, for a person. */
export function formatListed(listed: ListedMailbox): readonly string[] {
  const { mailbox, address, protocol, lastSuccessAt, dueAt, failures, failureCode } = listed;
  const { pauseReason, isPolledNow, troubled } = listed;
  const states = [
    lastSuccessAt === null ? 'no successful poll yet' : `last success ${lastSuccessAt}`,
    ...(isPolledNow ? ['is being polled'] : dueAt === null ? [] : [`next ${dueAt}`]),
    ...(failures === 0 ? [] : [`${formatCount(failures, 'failure')} in a row`]),
    ...(failureCode === null ? [] : [`last ${failureCode}`]),
    ...(pauseReason === null ? [] : [PAUSES[pauseReason] ?? pauseReason]),
    ...(troubled === 0 ? [] : [`${formatCount(troubled, 'mail')} tried again`]),
  ];
  return [
    `${styleMark(readMark(listed))} ${styleStrong(mailbox)}  ${address} by ${protocol.toUpperCase()}`,
    `  ${styleFaint(states.join('; '))}`,
  ];
}
