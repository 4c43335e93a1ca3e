import { readFileSync } from 'node:fs';
import { pollByOurs } from './imap-clients.ts';

// Reads a mailbox, keeps nothing, and prints the most memory that the process has held, in KiB.

const [port, user = '', password = ''] = process.argv.slice(2);
const credential = { kind: 'password', user, password } as const;
await pollByOurs({ port: Number(port), credential }, () => undefined);
// Not what resourceUsage tells: a child's begins with what its parent held.
const [, kibibytes = ''] =
  /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
process.stdout.write(kibibytes);
