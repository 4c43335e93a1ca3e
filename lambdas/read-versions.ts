import type { HeldMail } from '../mail/quarantine/quarantine.ts';
import { POSTROOM_VERSION } from '../mail/version.ts';

/** What is at work, for the evidence. */
export const readVersions = (): HeldMail['versions'] => ({
  postroom: POSTROOM_VERSION,
  node: process.version,
});
