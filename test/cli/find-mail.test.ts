import { describe, expect, it } from 'vitest';
import { findMail } from '../../cli/find/find-mail.ts';
import { createFoundArrivalId, createMailId } from '../../mail/identity/identities.ts';
import type { StoryReader } from '../../mail/ledger/story-reader.ts';
import { createSampleStory } from '../support/sample-story.ts';

const BRACKETED = createMailId('<a@b.example>', 'content');
const BARE = createMailId('no-brackets@b.example', 'content');
const SPAN = { fromMs: 0, toMs: 1 };

/** A ledger of these arrivals by mailId, each received a minute after the other. */
function createReader(mails: Readonly<Record<string, readonly string[]>>): StoryReader {
  const known = Object.values(mails).flat();
  return {
    readArrival: (arrivalId) => {
      const minute = known.indexOf(arrivalId);
      if (minute < 0) return Promise.resolve(undefined);
      const receivedAt = new Date(minute * 60_000).toISOString();
      return Promise.resolve(createSampleStory({ arrivalId, receivedAt }));
    },
    readMails: (start) =>
      Promise.resolve(
        Object.entries(mails)
          .filter(([mailId]) => mailId.startsWith(start))
          .map(([mailId, arrivalIds]) => ({ mailId, arrivalIds })),
      ),
    isDelivered: () => Promise.resolve(false),
    listHour: () => Promise.resolve([]),
    readCounts: () => Promise.resolve([]),
  };
}

const find = (reader: StoryReader, sought: string, limit = 10) =>
  findMail(reader, sought, { span: SPAN, limit });

describe('what is sought', () => {
  const reader = createReader({ [BRACKETED]: ['ses-1-a'], [BARE]: ['ses-1-b'] });

  it.each([
    ['ses-1-a', 'arrivalId', 'ses-1-a'],
    [BRACKETED, 'mailId', 'ses-1-a'],
    ['<a@b.example>', 'Message-ID', 'ses-1-a'],
    ['a@b.example', 'Message-ID', 'ses-1-a'],
    ['no-brackets@b.example', 'Message-ID', 'ses-1-b'],
    ['<no-brackets@b.example>', 'Message-ID', 'ses-1-b'],
  ])('%s is understood as an %s', async (sought, by, arrivalId) => {
    expect(await find(reader, sought)).toMatchObject({ by, stories: [{ arrivalId }] });
  });

  it.each(['ses-1-c', 'm1-0123456789abcdef-0', '<c@b.example>', 'c@b.example'])(
    '%s is nothing when nothing is known of it',
    async (sought) => {
      expect(await find(reader, sought)).toBeUndefined();
    },
  );
});

it('a copy that was announced late is found as it came and as it was found', async () => {
  const late = createFoundArrivalId('ses-1-late');
  const reader = createReader({ [BRACKETED]: [late, 'ses-1-late'] });
  for (const sought of ['ses-1-late', late]) {
    const found = await find(reader, sought);
    expect(found?.stories.map(({ arrivalId }) => arrivalId)).toEqual([late, 'ses-1-late']);
  }
});

describe('what is found', () => {
  const arrivalIds = Array.from({ length: 5 }, (_, n) => `ses-1-${n}`);
  const reader = createReader({ [BRACKETED]: arrivalIds });

  it.each([
    [4, 4, 1],
    [5, 5, 0],
    [6, 5, 0],
  ])('is told up to a limit of %i: %i stories, %i older ones left out', async (limit, ...told) => {
    const found = await find(reader, BRACKETED, limit);
    expect([found?.stories.length, found?.leftOut]).toEqual(told);
    expect(found?.stories.at(-1)?.arrivalId).toBe('ses-1-4');
  });
});
