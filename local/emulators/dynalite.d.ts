declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An emulator of DynamoDB; the server also closes the store when it is closed. */
  export default function dynalite(options: {
    /** Folder of the store. @default in memory */
    readonly path?: string;
    /** How long a new table is not ready, in ms. @default 500 */
    readonly createTableMs?: number;
  }): Server;
}
