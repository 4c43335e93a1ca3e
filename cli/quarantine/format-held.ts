import { listToldObjects } from '../../mail/contracts/list-told-objects.ts';
import type { HeldRow } from '../../mail/quarantine/quarantine.ts';
import { showForeignText, styleFaint, styleStrong } from '../output/style.ts';

/** The first object that it tells of is what a person knows it by. */
function describeMessage({ queue, message }: HeldRow): string {
  const [object, ...others] = listToldObjects(message ?? '');
  const told = object === undefined ? '' : `: s3://${object.bucket}/${object.key}`;
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return `a message of the queue ${queue ?? ''}${told}${more}`;
}

const describeRecipients = (row: HeldRow): string => {
  const { arrived } = row;
  if (arrived === null) return describeMessage(row);
  const { sender, recipients } = arrived.envelope;
  const [first = '', ...others] = recipients;
  return `${sender || '<>'} → ${first}${others.length === 0 ? '' : ` +${others.length}`}`;
};

/** Two lines for a row: what it is, and why it is there. */
export const formatHeld = (row: HeldRow): readonly string[] => [
  `${styleStrong(row.heldId)}  ${showForeignText(describeRecipients(row))}`,
  `  ${row.receivedAt}  ${row.code}: ${showForeignText(row.reason)}${row.state === 'held' ? '' : styleFaint(` (${row.state})`)}`,
];

/** Everything that is kept of a row. */
export function formatEvidence(row: HeldRow): readonly string[] {
  const { arrived, mailId, attempts, heldAt, versions, stack, message } = row;
  const raw = arrived?.arrival.raw;
  const facts = [
    ['held', heldAt],
    ['taken', `${attempts} times`],
    ['mail', mailId],
    ['raw', raw === undefined ? null : `s3://${raw.bucket}/${raw.key}`],
    ['to', arrived === null ? null : arrived.envelope.recipients.join(', ')],
    ['versions', `Postroom ${versions.postroom}, Node ${versions.node}`],
    ['message', message],
  ] as const;
  return [
    ...formatHeld(row),
    ...facts.flatMap(([name, value]) =>
      value === null ? [] : [`  ${name.padEnd(9)} ${showForeignText(value)}`],
    ),
    ...(stack === null ? [] : stack.split('\n').map((frame) => `  ${styleFaint(frame.trim())}`)),
  ];
}
