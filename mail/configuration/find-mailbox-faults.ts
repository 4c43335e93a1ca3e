import type { ConfigurationFault } from '../errors.ts';
import type { Configuration } from './configuration-schema.ts';
import { findProtocolFaults } from './find-protocol-faults.ts';
import { findRepeats } from './find-repeats.ts';
import { findServerFaults } from './find-server-faults.ts';
import { MAX_INTERVALS, MAX_SECRETS } from './limits.ts';
import type { MailboxConfiguration } from './mailbox-schema.ts';
import { listIntervals } from './polls-queue.ts';
import { PROVIDERS } from './providers.ts';

/** Gmail's words for what `seen` and `flagged` ask: a cursor would pass such mail over for ever. */
const CHANGING_GMAIL_WORD = /(?:^|[\s({-])(is:(?:un)?read|is:starred)\b/i;

function findSearchFaults({ search, provider }: MailboxConfiguration) {
  if (search === undefined) return [];
  const faults: ConfigurationFault[] = [];
  const { gmailRaw, larger, smaller } = search;
  if (gmailRaw !== undefined && provider !== undefined && provider !== 'gmail') {
    const message = `expected no gmailRaw with ${PROVIDERS[provider].title}: only Gmail understands it`;
    faults.push({ path: 'search.gmailRaw', message });
  }
  const [, word] = CHANGING_GMAIL_WORD.exec(gmailRaw ?? '') ?? [];
  if (word !== undefined) {
    const member = word.toLowerCase() === 'is:starred' ? 'flagged' : 'seen';
    const message = `expected what cannot change for a mail, came ${word}; write search.${member}`;
    faults.push({ path: 'search.gmailRaw', message });
  }
  if (larger !== undefined && smaller !== undefined && smaller <= larger + 1) {
    const message = `expected more than larger (${larger}) and room between, came ${smaller}`;
    faults.push({ path: 'search.smaller', message });
  }
  return faults;
}

function findBoundFaults(mailbox: MailboxConfiguration, mailBytes: number) {
  const { maxMailBytes, perPoll, freshnessMinutes, intervalMinutes } = mailbox;
  const faults: ConfigurationFault[] = [];
  if (maxMailBytes > mailBytes) {
    const message = `expected at most limits.mailBytes (${mailBytes}), above which no mail is read, came ${maxMailBytes}`;
    faults.push({ path: 'maxMailBytes', message });
  }
  if (perPoll.bytes < maxMailBytes) {
    const message = `expected at least maxMailBytes (${maxMailBytes}), or a large mail would fit into no poll, came ${perPoll.bytes}`;
    faults.push({ path: 'perPoll.bytes', message });
  }
  if (freshnessMinutes < intervalMinutes) {
    const message = `expected at least intervalMinutes (${intervalMinutes}), or the mailbox were stale between two polls, came ${freshnessMinutes}`;
    faults.push({ path: 'freshnessMinutes', message });
  }
  return faults;
}

/** What two mailboxes must not have in common, or each mail of theirs came in twice. */
const listPolledFolders = (mailbox: MailboxConfiguration): readonly string[] => {
  const { provider, server, protocol, user, folders, search } = mailbox;
  const host = provider === undefined ? server.host : PROVIDERS[provider][protocol]?.host;
  return folders.map((folder) =>
    JSON.stringify([protocol, host, user.toLowerCase(), folder, search]),
  );
};

function findSharedFolders(mailboxes: readonly MailboxConfiguration[]) {
  const owners = new Map<string, string>();
  return mailboxes.flatMap((mailbox, index) =>
    listPolledFolders(mailbox).flatMap((key, folder): ConfigurationFault[] => {
      const path = `mailboxes[${index}].folders[${folder}]`;
      const owner = owners.get(key);
      owners.set(key, owner ?? path);
      if (owner === undefined) return [];
      const message = `expected a folder that is polled once, came ${JSON.stringify(mailbox.folders[folder])}, which ${owner} is already, with the same server, user and search`;
      return [{ path, message }];
    }),
  );
}

/** Intervals and secrets cost something each, mailboxes do not: they share them. */
function findUnsharedFaults(mailboxes: readonly MailboxConfiguration[]): ConfigurationFault[] {
  const intervals = listIntervals(mailboxes).length;
  const secrets = new Set(mailboxes.map(({ secret }) => secret)).size;
  const faults: ConfigurationFault[] = [];
  if (intervals > MAX_INTERVALS) {
    const message = `expected at most ${MAX_INTERVALS} different intervalMinutes, came ${intervals}`;
    faults.push({ path: 'mailboxes', message });
  }
  if (secrets > MAX_SECRETS) {
    const message = `expected at most ${MAX_SECRETS} different secrets, as one may serve many mailboxes, came ${secrets}`;
    faults.push({ path: 'mailboxes', message });
  }
  return faults;
}

/** What is wrong between the members of mailboxes that are each right by themselves. */
export function findMailboxFaults({
  mailboxes,
  limits,
}: Configuration): readonly ConfigurationFault[] {
  const single = mailboxes.flatMap((mailbox, index) =>
    [
      ...findServerFaults(mailbox),
      ...findProtocolFaults(mailbox),
      ...findSearchFaults(mailbox),
      ...findBoundFaults(mailbox, limits.mailBytes),
    ].map(({ path, message }) => ({ path: `mailboxes[${index}].${path}`, message })),
  );
  const names = mailboxes.map(({ name }) => name);
  return [
    ...findRepeats(names, (index) => `mailboxes[${index}].name`, 'a name'),
    ...single,
    ...findSharedFolders(mailboxes),
    ...findUnsharedFaults(mailboxes),
  ];
}
