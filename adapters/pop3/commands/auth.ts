import type { Answer } from '../answer.ts';
import type { Pop3Connection } from '../connection.ts';

/** A way to log in (RFC 4422) that has one response. */
export interface SaslMechanism {
  readonly name: string;
  /** In base64. */
  readonly response: string;
}

/** LIMIT: of a command, its end included (RFC 2449 section 4). */
const MAX_COMMAND_BYTES = 255;

/** SASL PLAIN (RFC 4616): the password, for a connection that nobody else reads. */
export const createPlainMechanism = (user: string, password: string): SaslMechanism => ({
  name: 'PLAIN',
  response: Buffer.from(`\0${user}\0${password}`).toString('base64'),
});

/**
 * Logs in by a mechanism (RFC 5034 section 4). The response goes along with the command where it fits.
 *
 * @returns The server's last answer: never a challenge that can be answered.
 */
export async function authenticate(
  connection: Pop3Connection,
  { name, response }: SaslMechanism,
): Promise<Answer> {
  const command = `AUTH ${name} ${response}`;
  const isShort = command.length + '\r\n'.length <= MAX_COMMAND_BYTES;
  connection.send([isShort ? command : `AUTH ${name}`]);
  const answer = await connection.readAnswer();
  if (answer.kind !== 'challenge') return answer;
  // QUIRK(microsoft365): asks for the response although it came with the command. A challenge with
  // something in it is no part of a mechanism of one response, and is given up.
  connection.send([answer.text === '' ? response : '*']);
  return connection.readAnswer();
}
