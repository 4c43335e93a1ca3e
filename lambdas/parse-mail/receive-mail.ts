import { OWN_QUEUES } from '../../mail/configuration/own-queues.ts';
import { type AnnouncedMail, readArrival } from '../../mail/contracts/read-arrival.ts';
import { ArrivalBusyError, describeError } from '../../mail/errors.ts';
import { classifyFailure } from '../../mail/failure/classify-failure.ts';
import { MAX_DEATHS } from '../../mail/failure/max-deaths.ts';
import { readErrorCode } from '../../mail/failure/read-error-code.ts';
import type { ArrivalFailure, ClaimedArrival } from '../../mail/ledger/ledger.ts';
import { readRawMail } from '../../mail/message/read-raw-mail.ts';
import type { HandledMail } from '../../mail/ports/ports.ts';
import { type QuarantineReason, readStackFrames } from '../../mail/quarantine/quarantine.ts';
import { giveBack } from '../give-back.ts';
import { quarantineFailed } from '../quarantine-failed.ts';
import { carryOut } from './carry-out.ts';
import { decideArrival } from './decide-arrival.ts';
import { giveUpArrival } from './give-up-arrival.ts';
import type { ActiveRules, ReadArrival, ReceivedRecord, ReceiveMailPorts } from './ports.ts';

/** Reads a claimed arrival, decides it unless that was done before, and carries it out. */
async function handleClaimed(
  { arrived, isReleased }: AnnouncedMail,
  { claim, stored }: ClaimedArrival,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
): Promise<HandledMail> {
  const { mailBytes } = rules.configuration.limits;
  const source = await ports.rawMail.openRawMail(arrived.arrival.raw);
  const read = await readRawMail(source, ports.mime, { maxBytes: mailBytes });
  const arrival: ReadArrival = { arrived, claim, read, isReleased };
  const decided = stored ?? (await decideArrival(arrival, ports.ledger, rules));
  return carryOut(arrival, decided, ports, rules);
}

/** The receive from which on a mail is no longer tried: one is left for the quarantine itself to fail. */
const LAST_TRIES = OWN_QUEUES.arrivals.maxReceives - 1;

/** Why a mail is not to be tried again; undefined while it is. */
function findLastReason(
  { lastFailure, deaths }: ClaimedArrival,
  receives: number,
): (ArrivalFailure & QuarantineReason) | undefined {
  if (deaths >= MAX_DEATHS) {
    const reason = `it ended the process that read it ${deaths} times`;
    return { code: 'process-died', stack: null, reason };
  }
  if (receives < LAST_TRIES) return undefined;
  const failure = lastFailure ?? { code: 'process-died', stack: null };
  return {
    ...failure,
    reason: `it could not be handled in ${receives - 1} tries (${failure.code})`,
  };
}

/** Handles a claimed arrival, or quarantines it where trying is in vain. */
async function handleOrQuarantine(
  announced: AnnouncedMail,
  claimed: ClaimedArrival,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
  receives: number,
): Promise<HandledMail> {
  const { arrived } = announced;
  const giveUp = async (last: ArrivalFailure & QuarantineReason): Promise<HandledMail> => {
    const decided = await giveUpArrival(arrived, claimed, last, ports);
    return quarantineFailed(arrived, claimed, decided, ports, rules);
  };
  // An event may have told of it: whatever is known by now, it is told no other way.
  if (claimed.quarantine !== undefined) {
    return quarantineFailed(arrived, claimed, claimed.quarantine, ports, rules);
  }
  const last = findLastReason(claimed, receives);
  if (last !== undefined) return giveUp(last);
  try {
    return await handleClaimed(announced, claimed, ports, rules);
  } catch (error) {
    if (classifyFailure(error) === 'temporary') throw error;
    const failure = { code: readErrorCode(error), stack: readStackFrames(error) };
    return giveUp({ ...failure, reason: describeError(error) });
  }
}

/**
 * Takes one mail from the arrivals queue to the queues that the rules choose.
 *
 * An arrival is claimed, decided, carried out and done. Each step is remembered before the next, so
 * that a repeat of this call goes on where the last one was cut off: with the decision that was
 * stored, whatever the rules say by then. Sending is at least once: a repeat may send an event
 * again, equal byte for byte. What can never be handled, or was tried often enough, is quarantined.
 *
 * @param receives Which receive of the queue this is, from 1.
 * @throws {EventError} When the body is no notification of ours.
 * @throws {ArrivalBusyError} When another invocation has the arrival.
 * @throws {ClaimLostError} When another took it while this one was working.
 * @throws {PeerUnavailableError} When a store or a queue did not do its part.
 */
export async function receiveMail(
  body: string,
  ports: ReceiveMailPorts,
  rules: ActiveRules,
  receives = 1,
): Promise<ReceivedRecord> {
  const { ledger, mailBucket } = ports;
  const announced = readArrival(body, mailBucket);
  if (announced === undefined) return { kind: 'setup' };
  const claimed = await ledger.claimArrival(announced.arrived);
  if (claimed.kind === 'done') {
    await ledger.recordRepeat(announced.arrived.arrival.arrivalId);
    return { kind: 'repeat' };
  }
  if (claimed.kind === 'busy') throw new ArrivalBusyError(claimed.leaseUntilMs);
  try {
    const mail = await handleOrQuarantine(announced, claimed, ports, rules, receives);
    return { kind: 'handled', mail };
  } catch (error) {
    const failure = { code: readErrorCode(error), stack: readStackFrames(error) };
    await giveBack(ledger, claimed.claim, failure);
    throw error;
  }
}
