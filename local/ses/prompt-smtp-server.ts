import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';

/** An SMTP connection that is greeted as soon as it is there. */
class PromptSmtpConnection extends SMTPConnection {
  #isGreeted = false;

  override init(): void {
    super.init();
    this.connectionReady();
  }

  /** The library's own call of this comes by a timer, 100 ms later, and must not greet again. */
  override connectionReady(next?: () => void): void {
    if (this.#isGreeted) return;
    this.#isGreeted = true;
    super.connectionReady(next);
  }
}

type ConnectionOptions = ConstructorParameters<typeof SMTPConnection>[2];

/**
 * The SMTP server of smtp-server without the wait before its greeting, which is there to catch
 * spammers that talk too soon.
 */
export class PromptSmtpServer extends SMTPServer {
  override connect(socket: Socket | TLSSocket, options?: ConnectionOptions): void {
    const connection = new PromptSmtpConnection(this, socket, options);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.on('connect', (details: unknown) => this.emit('connect', details));
    connection.init();
  }
}
