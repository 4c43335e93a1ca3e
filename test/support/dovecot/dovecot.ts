import { existsSync } from 'node:fs';
import type { Requirement } from '../requirement.ts';

/** Dovecot 2.3 with IMAP and POP3, where Debian's packages dovecot-imapd and dovecot-pop3d put it. */
export const dovecot: Requirement = {
  name: 'Dovecot (the Debian packages dovecot-imapd and dovecot-pop3d)',
  isPresent: () =>
    ['/usr/sbin/dovecot', '/usr/lib/dovecot/imap', '/usr/lib/dovecot/pop3'].every(existsSync),
};
