import type { SesVerdicts } from './parse-verdict-header.ts';

/** What the SMTP dialogue says about a mail. */
export interface SmtpDialogue {
  /** MAIL FROM; empty for the null sender. */
  readonly sender: string;
  /** RCPT TO, each once, in order. */
  readonly recipients: readonly string[];
  /** What the client called itself (HELO). */
  readonly clientName: string;
  readonly clientAddress: string;
}

/** A date as in mail headers (RFC 5322 section 3.3), in UTC. */
const writeDate = (at: Date): string => `${at.toUTCString().replace('GMT', '+0000')} (UTC)`;

/** SECURITY: what a client calls itself must not write headers of its own. */
const keepPrintable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '');

/** The headers that Amazon SES puts before the mail that it stores. */
export function writeTraceHeaders(
  { sender, recipients, clientName, clientAddress }: SmtpDialogue,
  { sesMessageId, at }: { readonly sesMessageId: string; readonly at: Date },
  { spam, virus }: SesVerdicts,
): string {
  const client = `${keepPrintable(clientName)} (${keepPrintable(clientName)} [${keepPrintable(clientAddress)}])`;
  const lines = [
    `Return-Path: <${sender}>`,
    `Received: from ${client}`,
    ` by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${sesMessageId}`,
    ` for ${recipients[0] ?? ''};`,
    ` ${writeDate(at)}`,
    `X-SES-Spam-Verdict: ${spam}`,
    `X-SES-Virus-Verdict: ${virus}`,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}
