import type { PollProgress } from '../../lambdas/poll-mailbox/ports.ts';
import { formatBytes, formatCount, showForeignText } from '../output/style.ts';

/** Where progress goes. */
export interface ProgressOutput {
  readonly isTerminal: boolean;
  readonly isJson: boolean;
  /** Takes a whole line. */
  readonly writeLine: (line: string) => void;
  /** Takes what steers a terminal. */
  readonly writeRaw: (text: string) => void;
}

/** Watches a poll. */
export interface ProgressWatch {
  readonly observe: (progress: PollProgress) => void;
  /** Removes the bar, if there is one. */
  readonly end: () => void;
}

const BAR_WIDTH = 24;
/** Back to the line's start, and empty to its end (ECMA-48). */
const CLEAR = '\r\u001b[K';

/** A bar: `[######··················]  12 of 50 mails, 3.4 MB`. */
export function drawBar(done: number, total: number, bytes: number): string {
  const filled = total === 0 ? 0 : Math.floor((BAR_WIDTH * Math.min(done, total)) / total);
  const bar = '#'.repeat(filled) + '·'.repeat(BAR_WIDTH - filled);
  return `[${bar}]  ${done} of ${formatCount(total, 'mail')}, ${formatBytes(bytes)}`;
}

/** A terminal shows one line that is drawn again and again. */
function watchOnTerminal({ writeRaw }: ProgressOutput): ProgressWatch {
  let folder = '';
  let [done, total, bytes] = [0, 0, 0];
  const draw = (): void => {
    writeRaw(`${CLEAR}${folder}  ${drawBar(done, total, bytes)}`);
  };
  return {
    observe(progress) {
      if (progress.kind === 'folder') folder = showForeignText(progress.path).slice(0, 30);
      if (progress.kind === 'batch') total += progress.mails;
      if (progress.kind === 'mail') {
        done += 1;
        bytes += progress.bytes;
      }
      draw();
    },
    end() {
      writeRaw(CLEAR);
    },
  };
}

function describeProgress(progress: PollProgress): readonly string[] {
  switch (progress.kind) {
    case 'folder':
      return [`${showForeignText(progress.path)} holds ${formatCount(progress.mails, 'mail')}`];
    case 'batch':
      return [];
    case 'mail':
      return [`${progress.arrivalId}  ${formatBytes(progress.bytes)}`];
  }
}

/** Programs get a line a mail. */
const toJson = (progress: PollProgress): readonly string[] => {
  if (progress.kind !== 'mail') return [];
  const { arrivalId, bytes } = progress;
  return [JSON.stringify({ event: 'mail', arrivalId, bytes })];
};

/** Watches a poll: a bar on a terminal, else plain lines, or JSON. */
export function watchProgress(output: ProgressOutput): ProgressWatch {
  if (output.isTerminal && !output.isJson) return watchOnTerminal(output);
  const write = output.isJson ? toJson : describeProgress;
  return {
    observe(progress) {
      for (const line of write(progress)) output.writeLine(line);
    },
    end: () => undefined,
  };
}
