import type { MailboxServer, MailboxChange } from '../../mail/ports/mailbox-ports.ts';

/**
 * What a server lacks for a change of single mails; undefined when it lacks nothing. One that can
 * only expunge a whole folder would take strangers' mail with ours.
 */
export function findMissingCapability(
  protocol: MailboxServer['protocol'],
  capabilities: ReadonlySet<string>,
  change: MailboxChange | undefined,
): 'UIDPLUS' | 'MOVE' | undefined {
  if (protocol !== 'imap') return undefined;
  const canExpunge = capabilities.has('UIDPLUS') || capabilities.has('IMAP4REV2');
  if (change?.kind === 'delete' && !canExpunge) return 'UIDPLUS';
  if (change?.kind === 'move' && !canExpunge && !capabilities.has('MOVE')) return 'MOVE';
  return undefined;
}
