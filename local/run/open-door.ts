import { SES_MAX_MAIL_BYTES } from '../../mail/configuration/limits.ts';
import { createCertificate } from '../ses/create-certificate.ts';
import { isReceived } from '../ses/match-receipt-rules.ts';
import { type SmtpDoor, startSmtpDoor } from '../ses/smtp-door.ts';
import type { ConfigurationBox } from './configuration-box.ts';
import { describeStorageTrouble } from './describe-start-failure.ts';
import type { LocalRunOptions } from './local-run-options.ts';
import type { Emulators } from './start-emulators.ts';
import { takeMail } from './take-mail.ts';

const SMTP_HOST = '127.0.0.1';

/** The SMTP door, and the certificate by which a client knows it. */
export interface OpenDoor extends SmtpDoor {
  readonly cert: string;
}

/** Starts the SMTP door; what comes in goes to S3 and the topic. */
export async function openDoor(
  { smtpPort, stateFolder, report, maxMailBytes = SES_MAX_MAIL_BYTES }: LocalRunOptions,
  configuration: ConfigurationBox,
  { clients, takeStorageFault }: Emulators,
): Promise<OpenDoor> {
  const certificate = await createCertificate();
  const door = await startSmtpDoor({
    host: SMTP_HOST,
    port: smtpPort,
    certificate,
    maxBytes: maxMailBytes,
    isReceived: (address) => isReceived(configuration.read(), address),
    acceptMail: (source, dialogue) =>
      takeMail(source, dialogue, {
        clients,
        configuration: configuration.read(),
        maxBytes: maxMailBytes,
        takeStorageFault,
        onTrouble: (fault) => {
          report({ event: 'trouble', message: describeStorageTrouble(fault, stateFolder) });
        },
      }),
  });
  return { ...door, cert: certificate.cert };
}
