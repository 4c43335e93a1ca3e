import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import * as z from 'zod';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { describeError } from '../../mail/errors.ts';
import { LocalRunError } from '../local-run-error.ts';
import { isReceived } from '../ses/match-receipt-rules.ts';
import { freshenMessageId } from './freshen-message-id.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';

/** The folder of the sample mails, each a file as a server would send it. */
const SAMPLES_FOLDER = new URL('../../events/mail/', import.meta.url);

const sampleMailSchema = z.strictObject({
  file: z.string(),
  /** MAIL FROM; empty for the null sender of bounces. */
  sender: z.string(),
  /** RCPT TO. */
  recipients: z.array(z.string()).min(1),
  /** Where the configuration that comes with the repository sends it. */
  queues: z.array(z.string()),
});
export type SampleMail = Readonly<z.output<typeof sampleMailSchema>>;

/** A sample mail that the SMTP listener has taken. */
export interface SentSample {
  readonly sample: SampleMail;
  readonly sesMessageId: string;
}

/** Reads which samples there are. */
export const readSampleMails = (): readonly SampleMail[] =>
  z
    .array(sampleMailSchema)
    .parse(JSON.parse(readFileSync(new URL('samples.json', SAMPLES_FOLDER), 'utf8')));

/**
 * The samples' envelopes for a configuration: they are written for `example.com`; a team that has
 * put its own domain there gets them at its own.
 */
export function addressSamples(
  samples: readonly SampleMail[],
  configuration: Pick<Configuration, 'receiving'>,
): readonly SampleMail[] {
  const ownDomain = configuration.receiving.domains[0]?.domain ?? '';
  return samples.map((sample) => ({
    ...sample,
    recipients: sample.recipients.map((recipient) =>
      isReceived(configuration, recipient)
        ? recipient
        : `${splitAddress(recipient).localPart}@${ownDomain}`,
    ),
  }));
}

const createSampleTransport = (port: number, cert: string) =>
  createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: 1,
    maxMessages: Infinity,
    requireTLS: true,
    tls: { ca: cert, servername: 'localhost' },
  });

async function sendSample(
  transport: ReturnType<typeof createSampleTransport>,
  sample: SampleMail,
): Promise<string> {
  const { file, sender, recipients } = sample;
  try {
    const { response } = await transport.sendMail({
      envelope: { from: sender, to: [...recipients] },
      raw: freshenMessageId(readFileSync(new URL(file, SAMPLES_FOLDER))),
    });
    return response.split(' ').at(-1) ?? '';
  } catch (error) {
    throw new LocalRunError(`sample ${file} was refused: ${describeError(error)}`, {
      cause: error,
    });
  }
}

/**
 * Sends samples to the SMTP listener, one after the other over one connection.
 *
 * @throws {LocalRunError} When the listener refuses one.
 */
export async function sendSamples(
  samples: readonly SampleMail[],
  { port, cert }: { readonly port: number; readonly cert: string },
): Promise<readonly SentSample[]> {
  const transport = createSampleTransport(port, cert);
  const sent: SentSample[] = [];
  try {
    for (const sample of samples) {
      sent.push({ sample, sesMessageId: await sendSample(transport, sample) });
    }
  } finally {
    transport.close();
  }
  return sent;
}
