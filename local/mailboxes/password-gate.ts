import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { PROVIDERS } from '../../mail/configuration/providers.ts';
import { findCredentialFault } from '../../mail/credentials/find-credential-fault.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';

export interface PasswordGateOptions {
  readonly readConfiguration: () => Pick<Configuration, 'mailboxes'>;
  readonly credentials: CredentialReader;
  readonly stateFolder: string;
  /** Told once of each thing that is wrong. */
  readonly onTrouble: (message: string) => void;
}

/** Keeps mailboxes without a password from being polled. */
export interface PasswordGate {
  /** Whether a mailbox has no password now. */
  readonly isClosed: (mailbox: string) => Promise<boolean>;
  /** Those that had none when last asked and have one now, each once. */
  readonly takeOpened: () => Promise<readonly string[]>;
}

/** What to write where; nothing where no password would help. */
function adviseOn(
  { name, user, secret, provider }: MailboxConfiguration,
  stateFolder: string,
): string {
  const takesNone = provider !== undefined && PROVIDERS[provider].credential.password === 'none';
  if (takesNone) return '';
  const file = `${stateFolder}/secrets/${secret}.json`;
  const entry = JSON.stringify({ [name]: { user, password: '…' } });
  return `; to poll it, write ${entry} to ${file} and run: chmod 600 ${file}`;
}

/** Makes the gate. A mailbox that cannot be polled is told of once, with what to write where. */
export function createPasswordGate({
  readConfiguration,
  credentials,
  stateFolder,
  onTrouble,
}: PasswordGateOptions): PasswordGate {
  /** What was told, by mailbox. */
  const closed = new Map<string, string>();

  async function isClosed(name: string): Promise<boolean> {
    const mailbox = readConfiguration().mailboxes.find((one) => one.name === name);
    const fault =
      mailbox === undefined ? undefined : await findCredentialFault(mailbox, credentials);
    if (mailbox === undefined || fault === undefined) {
      closed.delete(name);
      return false;
    }
    if (closed.get(name) !== fault) {
      onTrouble(`${name} is not polled: ${fault}${adviseOn(mailbox, stateFolder)}`);
    }
    closed.set(name, fault);
    return true;
  }

  return {
    isClosed,
    async takeOpened() {
      const opened: string[] = [];
      for (const name of [...closed.keys()]) if (!(await isClosed(name))) opened.push(name);
      return opened;
    },
  };
}
