import type { StoredDecision } from '../../mail/ledger/ledger.ts';
import type { ArrivalStory } from '../../mail/ledger/story-reader.ts';
import type { RuleTrace } from '../../mail/contracts/mail-received.ts';
import { describeDecider } from '../describe-decider.ts';
import { formatCount } from '../output/style.ts';

/** Something that happened to a mail. */
export interface StoryStep {
  /** ISO 8601 in UTC; null where only the fact is remembered. */
  readonly at: string | null;
  readonly what: string;
}

/** LIMIT: recipients named in one line; a mail can have 500. */
const MAX_NAMED = 5;

function nameSome(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const describeDeciders = (trace: readonly RuleTrace[]): string => {
  const deciders = trace.map(({ decidedBy }) => describeDecider(decidedBy));
  return [...new Set(deciders)].join(', ');
};

const describeDecision = ({
  decision,
  repeats,
  servedQueues,
  sameMessageIdAs,
}: StoredDecision): readonly string[] => [
  ...decision.destinations.map(({ queue, recipients, tags, trace }) => {
    const tagged = tags.length === 0 ? '' : `, tagged ${tags.join(', ')}`;
    return `decided: to ${queue} for ${nameSome(recipients)} (${describeDeciders(trace)})${tagged}`;
  }),
  ...decision.quarantined.map(
    ({ recipients, reason, trace }) =>
      `decided: quarantine for ${nameSome(recipients)}: "${reason}" (${describeDeciders(trace)})`,
  ),
  ...decision.dropped.map(
    ({ recipients, reason, trace }) =>
      `decided: dropped for ${nameSome(recipients)}: "${reason}" (${describeDeciders(trace)})`,
  ),
  ...Array.from(
    Map.groupBy(repeats, ({ arrivalId }) => arrivalId),
    ([arrivalId, ofOne]) =>
      `decided: a repeat for ${nameSome(ofOne.map(({ recipient }) => recipient))}, which ${arrivalId} has; swallowed`,
  ),
  ...servedQueues.map(
    (queue) => `decided: not to ${queue}, which takes one event a mail and has it`,
  ),
  ...(sameMessageIdAs === null
    ? []
    : [`decided: not the mail that came before with its Message-ID, ${sameMessageIdAs}`]),
];

function tellTaking({ state, takings, takenAt }: ArrivalStory): readonly StoryStep[] {
  if (takings === 0) return state === 'done' ? [] : [{ at: null, what: 'nobody has taken it yet' }];
  const times = takings === 1 ? '' : `, ${formatCount(takings, 'time')} so far`;
  return [{ at: takenAt, what: `taken to be handled${times}` }];
}

function tellTrouble(story: ArrivalStory, nowMs: number): readonly StoryStep[] {
  if (story.state === 'done' || story.takings === 0) return [];
  const failed =
    story.failureCode === null ? [] : [{ at: null, what: `failed: ${story.failureCode}` }];
  const isHeld = story.leaseUntilMs > nowMs;
  const until = new Date(story.leaseUntilMs).toISOString();
  const what = isHeld ? `is being handled; until ${until} at the most` : 'waits for its next try';
  return [...failed, { at: null, what }];
}

function tellHeld({ held }: ArrivalStory): readonly StoryStep[] {
  if (held === null) return [];
  const { heldAt, reason, code, state } = held;
  const named = reason.includes(`(${code})`) ? reason : `${reason} (${code})`;
  const since = state === 'held' ? '' : `; ${state} since`;
  return [{ at: heldAt, what: `held in quarantine: ${named}${since}` }];
}

/** The mailbox of a polled mail stands in its arrivalId: `imap-vendor-…`. */
function describeDoor({ door, arrivalId }: ArrivalStory): string {
  const [, mailbox] = /^(?:imap|pop3)-(.+)-[0-9a-f]{40}$/.exec(arrivalId) ?? [];
  return mailbox === undefined ? door : `${door} from the mailbox ${mailbox}`;
}

/** What happened to an arrival, in its order, and where it stands. */
export function tellStory(story: ArrivalStory, nowMs: number): readonly StoryStep[] {
  const { raw, decided, decidedAt, sent, doneAt, outcome, repeats, forgottenAt } = story;
  const place = raw === null ? '' : `, kept at s3://${raw.bucket}/${raw.key}`;
  return [
    { at: story.receivedAt, what: `arrived by ${describeDoor(story)}${place}` },
    { at: story.seenAt, what: 'seen' },
    ...tellTaking(story),
    ...(decided === null ? [] : describeDecision(decided)).map((what) => ({ at: decidedAt, what })),
    ...tellHeld(story),
    ...sent.map(({ queue, eventId, sentAtMs }) => ({
      at: new Date(sentAtMs).toISOString(),
      what: `sent to ${queue}: ${eventId}`,
    })),
    ...(doneAt === null ? [] : [{ at: doneAt, what: `done: ${outcome ?? 'unknown'}` }]),
    ...tellTrouble(story, nowMs),
    ...(repeats === 0
      ? []
      : [
          {
            at: story.lastRepeatAt,
            what: `announced again, ${formatCount(repeats, 'time')} so far; swallowed, as it was done`,
          },
        ]),
    ...(forgottenAt === null
      ? []
      : [{ at: forgottenAt, what: 'forgotten: what it told of a person was removed' }]),
  ];
}
