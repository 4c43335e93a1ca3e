import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { LocalAwsEndpoint } from '../support/local-aws/local-aws-endpoint.ts';
import type { InjectedMail } from './inject-mail.ts';
import { waitFor } from '../support/wait-for.ts';

/** What the endpoint's plug-in lays down. */
const sentMailSchema = z.strictObject({
  sender: z.string(),
  recipients: z.array(z.string()),
  rawBase64: z.base64(),
});

/** Takes the next mail that was sent through the endpoint's SES, as it would come in elsewhere. */
export async function takeSentMail({ sentMailFolder }: LocalAwsEndpoint): Promise<InjectedMail> {
  const name = await waitFor('a mail sent by SES', async () =>
    (await readdir(sentMailFolder)).find((file) => file.endsWith('.json')),
  );
  const file = join(sentMailFolder, name);
  const { rawBase64, ...envelope } = sentMailSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  await rm(file);
  return { raw: Buffer.from(rawBase64, 'base64'), ...envelope };
}
