import type { SQSRecord } from 'aws-lambda';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { ArrivalBusyError, describeError, EventError } from '../../mail/errors.ts';
import { MAX_DEATHS } from '../../mail/failure/max-deaths.ts';
import { readErrorCode } from '../../mail/failure/read-error-code.ts';
import type { ArrivalFailure, ClaimedArrival } from '../../mail/ledger/ledger.ts';
import type { QuarantineReason } from '../../mail/quarantine/quarantine.ts';
import { giveBack } from '../give-back.ts';
import { giveUpUnread, quarantineFailed } from '../quarantine-failed.ts';
import { quarantineMessage } from '../quarantine-message.ts';
import type { HoldDeadLettersPorts, HoldOutcome } from './ports.ts';

/**
 * What failed last, as far as the ledger knows.
 *
 * LIMIT: the ledger does not know whose process ended. Where this function dies with a mail that
 * nobody took before, it says `process-died` of it the next time.
 */
function readEvidence({ lastFailure, deaths }: ClaimedArrival): ArrivalFailure & QuarantineReason {
  if (lastFailure !== undefined && deaths < MAX_DEATHS) {
    return { ...lastFailure, reason: `parse-mail gave it up (${lastFailure.code})` };
  }
  if (deaths > 0) {
    return { code: 'process-died', stack: null, reason: 'it ended the process that read it' };
  }
  const reason = 'parse-mail never took it: it did not start, or the ledger did not answer';
  return { code: 'never-taken', stack: null, reason };
}

async function holdClaimed(
  arrived: ArrivedMail,
  claimed: ClaimedArrival,
  ports: HoldDeadLettersPorts,
  configuration: ParseMailConfiguration,
): Promise<void> {
  const { ledger } = ports;
  const evidence = readEvidence(claimed);
  try {
    const quarantine =
      claimed.quarantine ??
      (await giveUpUnread(arrived, claimed, { ...evidence, fields: [] }, ledger));
    await quarantineFailed(arrived, claimed, quarantine, ports, { configuration });
  } catch (error) {
    // With the evidence as it was: what failed here is no fault of the mail.
    await giveBack(ledger, claimed.claim, evidence);
    throw error;
  }
}

/** @returns undefined for SES's setup notification; the error where it is no announcement of ours. */
function tryReadArrival(body: string, mailBucket: string): ArrivedMail | EventError | undefined {
  try {
    return readArrival(body, mailBucket)?.arrived;
  } catch (error) {
    if (error instanceof EventError) return error;
    throw error;
  }
}

/**
 * Quarantines what parse-mail could not even quarantine: not one byte of the mail is read, since
 * whatever ended each process that did may be in any of them.
 *
 * @throws {ArrivalBusyError} When another invocation has the arrival.
 * @throws {ClaimLostError} When another took it while this one was working.
 * @throws {PeerUnavailableError}
 */
export async function holdArrival(
  record: SQSRecord,
  ports: HoldDeadLettersPorts,
  configuration: ParseMailConfiguration,
): Promise<HoldOutcome> {
  const arrived = tryReadArrival(record.body, ports.mailBucket);
  if (arrived === undefined) return 'no-mail';
  if (arrived instanceof EventError) {
    const failure = { code: readErrorCode(arrived), stack: null, reason: describeError(arrived) };
    const held = { record, ...failure, queue: ARRIVALS_QUEUE };
    await quarantineMessage(held, ports, { configuration });
    return 'held';
  }
  const claimed = await ports.ledger.claimArrival(arrived);
  if (claimed.kind === 'done') return 'handled';
  if (claimed.kind === 'busy') throw new ArrivalBusyError(claimed.leaseUntilMs);
  await holdClaimed(arrived, claimed, ports, configuration);
  return 'held';
}
