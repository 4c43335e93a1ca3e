import type { Answer } from '../answer.ts';
import { classifyRefusal } from '../classify-refusal.ts';
import { createProtocolError } from '../pop3-errors.ts';

/**
 * The text behind `+OK`.
 *
 * @throws {PeerUnavailableError} When the server refuses.
 * @throws {PeerProtocolError} When it asks back.
 */
export function expectOk(command: string, answer: Answer): string {
  switch (answer.kind) {
    case 'ok':
      return answer.text;
    case 'refused':
      throw classifyRefusal({ command, responseCode: answer.responseCode });
    case 'challenge':
      throw createProtocolError('asked back where nothing is asked', { command });
  }
}
