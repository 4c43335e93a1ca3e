import type { FolderCursor } from '../../mail/polling/mailbox-state.ts';
import { planCursor } from '../../mail/polling/plan-cursor.ts';
import type { OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { type OpenRun, saveRun, setCursor } from './poll-run.ts';

const DAY_MS = 86_400_000;

/** Where to go on in the open folder. */
export function planFolderCursor(run: OpenRun, opened: OpenedFolder): FolderCursor {
  const { mailbox, ports, state, isFirst } = run;
  const { rawDays } = ports.readConfiguration().retention;
  return planCursor(state.folders.get(opened.path), opened, {
    begin: mailbox.begin,
    begunAtMs: state.begunAtMs,
    isFirst,
    rememberedSinceMs: ports.clock.now() - rawDays * DAY_MS,
  });
}

/**
 * Goes on in the open folder. One that is met for the first time, or was numbered anew, is written
 * down before anything is taken of it: whatever dies then, the next poll does not meet it again.
 *
 * @throws {ClaimLostError | PeerUnavailableError}
 */
export async function enterFolder(run: OpenRun, opened: OpenedFolder): Promise<void> {
  const known = run.state.folders.get(opened.path);
  if (known?.generation === opened.generation) return;
  setCursor(run, opened.path, planFolderCursor(run, opened));
  await saveRun(run);
}
