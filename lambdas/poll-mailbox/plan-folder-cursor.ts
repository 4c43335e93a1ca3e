import type { FolderCursor } from '../../mail/polling/mailbox-state.ts';
import { planCursor } from '../../mail/polling/plan-cursor.ts';
import type { OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import type { OpenRun } from './poll-run.ts';

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
