import type { HeldMail } from '../quarantine/quarantine.ts';
import type { TableKey } from './table-keys.ts';

/** Mail in quarantine is found by the day on which it arrived, in UTC. */
export const quarantinePartition = (day: string): string => `quarantine#${day}`;

export const quarantineKey = ({
  heldId,
  receivedAt,
}: Pick<HeldMail, 'heldId' | 'receivedAt'>): TableKey => ({
  pk: quarantinePartition(receivedAt.slice(0, 10)),
  sk: `${receivedAt}#${heldId}`,
});
