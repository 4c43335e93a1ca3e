import type { HeldRow, QuarantineDesk } from '../../mail/quarantine/quarantine.ts';
import { CommandError } from '../command-error.ts';

const DAY_MS = 86_400_000;

/** Which rows a command is about. */
export interface HeldChoice {
  /** A `heldId`; undefined for all. */
  readonly heldId?: string | undefined;
  /** A code, as `list` shows it. */
  readonly code?: string | undefined;
  /** How far back, in milliseconds. */
  readonly since: number;
}

/** The days that a span touches, in UTC, the oldest first. */
export function listDays(fromMs: number, toMs: number): readonly string[] {
  const days: string[] = [];
  const first = Math.floor(fromMs / DAY_MS) * DAY_MS;
  for (let at = first; at <= toMs; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** The rows that are still held, or all of them, by what a person chose. */
export async function readChosen(
  desk: QuarantineDesk,
  { heldId, code, since }: HeldChoice,
  { isAll = false }: { readonly isAll?: boolean } = {},
): Promise<readonly HeldRow[]> {
  const nowMs = Date.now();
  const rows = await desk.listHeld(listDays(nowMs - since, nowMs));
  return rows.filter(
    (row) =>
      (isAll || row.state === 'held') &&
      (heldId === undefined || row.heldId === heldId) &&
      (code === undefined || row.code === code),
  );
}

/** @throws {CommandError} When nothing is chosen, or nothing is there. */
export function assertChosen(command: string, choice: HeldChoice, rows: readonly HeldRow[]): void {
  if (choice.heldId === undefined && choice.code === undefined) {
    throw new CommandError(
      `quarantine ${command}: expected an id or --reason CODE; \`npx postroom quarantine list\` shows both`,
      { exitStatus: 2 },
    );
  }
  if (rows.length > 0) return;
  throw new CommandError(
    `quarantine ${command}: nothing like that is held; --since says how far back to look`,
  );
}
