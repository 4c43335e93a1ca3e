import type { Answer } from '../answer.ts';
import type { Pop3Connection } from '../connection.ts';

/** Logs in by USER and PASS (RFC 1939 section 7). @returns The answer that decides. */
export async function sendUserAndPassword(
  connection: Pop3Connection,
  user: string,
  password: string,
): Promise<Answer> {
  connection.send([`USER ${user}`]);
  const answer = await connection.readAnswer();
  if (answer.kind !== 'ok') return answer;
  connection.send([`PASS ${password}`]);
  return connection.readAnswer();
}
