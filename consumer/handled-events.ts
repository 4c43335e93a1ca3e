/**
 * Remembers which events took effect. A queue gives an event again after a crash, and Postroom may
 * have sent it twice: both have one `eventId`.
 *
 * It narrows the window and does not close it: a consumer that dies between its effect and
 * `markHandled`, or two that hold one event at the same time, do it twice. Where that must not be,
 * make the effect itself bear a repeat, with `eventId` as its key.
 */
export interface HandledEvents {
  wasHandled(eventId: string): Promise<boolean>;
  markHandled(eventId: string): Promise<void>;
}

/**
 * Remembers the last events in memory, for a consumer that is one process.
 *
 * @param maxEvents How many are remembered, 1 and more. @default 100,000, some 10 MB
 * @throws {RangeError}
 */
export function createMemoryHandledEvents(maxEvents = 100_000): HandledEvents {
  if (!Number.isInteger(maxEvents) || maxEvents < 1) {
    throw new RangeError(`expected maxEvents of 1 or more, came ${maxEvents}`);
  }
  const eventIds = new Set<string>();
  return {
    wasHandled: (eventId) => Promise.resolve(eventIds.has(eventId)),
    markHandled(eventId) {
      eventIds.add(eventId);
      const [oldest] = eventIds;
      if (eventIds.size > maxEvents && oldest !== undefined) eventIds.delete(oldest);
      return Promise.resolve();
    },
  };
}
