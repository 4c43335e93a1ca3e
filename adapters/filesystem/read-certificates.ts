import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { ConfigurationError, type ConfigurationFault } from '../../mail/errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** SECURITY: certificates alone are kept; a key in the same file would be deployed with them. */
const listCertificates = (text: string): readonly string[] => text.match(CERTIFICATE) ?? [];

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0;
  } catch {
    return false;
  }
}

function findFault(certificates: readonly string[] | undefined): string | undefined {
  if (certificates === undefined) return 'which cannot be read';
  if (certificates.length === 0) return 'which has none';
  const broken = certificates.findIndex((certificate) => !isReadable(certificate));
  return broken === -1 ? undefined : `whose certificate ${broken + 1} cannot be read`;
}

type ReadMailbox =
  { readonly mailbox: MailboxConfiguration } | { readonly fault: ConfigurationFault };

async function readMailbox(
  mailbox: MailboxConfiguration,
  index: number,
  folder: string,
): Promise<ReadMailbox> {
  if (mailbox.provider !== undefined || mailbox.server.caFile === undefined) return { mailbox };
  const { caFile, ...server } = mailbox.server;
  const certificates = await readFile(resolve(folder, caFile), 'utf8').then(
    listCertificates,
    // Missing or a folder: the fault says that it cannot be read.
    () => undefined,
  );
  const fault = findFault(certificates);
  if (fault === undefined) {
    return { mailbox: { ...mailbox, server: { ...server, ca: (certificates ?? []).join('\n') } } };
  }
  const message = `expected a file with certificates in PEM form, came "${caFile}", ${fault}`;
  return { fault: { path: `mailboxes[${index}].server.caFile`, message } };
}

/**
 * Puts the content of files with certificates in the place of their names, so that what is deployed
 * needs no file.
 *
 * @param folder That the names are relative to.
 * @throws {ConfigurationError} When one is missing, or holds no certificates.
 */
export async function readCertificates(
  configuration: Configuration,
  folder: string,
): Promise<Configuration> {
  const read = await Promise.all(
    configuration.mailboxes.map((mailbox, index) => readMailbox(mailbox, index, folder)),
  );
  const faults = read.flatMap((one) => ('fault' in one ? [one.fault] : []));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return {
    ...configuration,
    mailboxes: read.flatMap((one) => ('mailbox' in one ? [one.mailbox] : [])),
  };
}
