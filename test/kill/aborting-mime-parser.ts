import { createMailparserMimeParser as createRealParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import type { MimeParser } from '../../mail/ports/ports.ts';

/** The subject of a mail that ends the process which parses it. */
export const KILLING_SUBJECT = 'This one ends your process';

/** Stands for a parser with a fault that no `catch` sees: out of memory, or native code. */
export function createMailparserMimeParser(): MimeParser {
  const parser = createRealParser();
  return {
    async readMail(source) {
      const mail = await parser.readMail(source);
      if (mail.subject === KILLING_SUBJECT) process.abort();
      return mail;
    },
  };
}
