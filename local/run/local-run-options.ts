import type { ReceiveMailPorts } from '../../lambdas/parse-mail/ports.ts';
import type { LocalEventListener } from '../output/local-event.ts';

/** How a local run is started. */
export interface LocalRunOptions {
  /** Usually `postroom.config.ts`; watched while the run lasts. */
  readonly configurationFile: string;
  readonly stateFolder: string;
  /** Start over with nothing in S3 and the queues. */
  readonly isFresh: boolean;
  /** Where the emulators listen. SMTP listens on 127.0.0.1 always. */
  readonly host: string;
  /** 0 takes a free one; so for the others. */
  readonly smtpPort: number;
  readonly awsPort: number;
  readonly dynamodbPort: number;
  readonly samples: 'on-first-start' | 'never';
  readonly report: LocalEventListener;
  /** Whether mailboxes are polled, and whether they are changed. @default 'read-only' */
  readonly polling?: 'never' | 'read-only' | 'acting';
  /** Longest wait until a mail that failed is tried again, in seconds. @default as deployed */
  readonly maxRetrySeconds?: number;
  /** Largest mail, in bytes. @default what SES takes */
  readonly maxMailBytes?: number;
  /** Puts something between the function and the world: tests make it fail. @default nothing */
  readonly wrapPorts?: (ports: ReceiveMailPorts) => ReceiveMailPorts;
}
