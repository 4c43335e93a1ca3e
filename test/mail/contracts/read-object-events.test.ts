import { describe, expect, it } from 'vitest';
import { readObjectEvents } from '../../../mail/contracts/read-object-events.ts';
import { createObjectEvent, S3_TEST_EVENT } from '../../support/sample-object-event.ts';

const read = (event: unknown) =>
  readObjectEvents(typeof event === 'string' ? event : JSON.stringify(event), 'drop-bucket');

describe('what S3 tells of objects', () => {
  it('names each with its version', () => {
    const event = createObjectEvent(
      { key: 'a.eml', size: 7, eTag: 'e1', versionId: 'v1' },
      { key: 'b.eml' },
    );
    expect(read(event)).toEqual([
      { bucket: 'drop-bucket', key: 'a.eml', bytes: 7, eTag: 'e1', versionId: 'v1' },
      { bucket: 'drop-bucket', key: 'b.eml', bytes: 100, eTag: 'etag', versionId: undefined },
    ]);
  });

  it.each([
    ['in/my+mail+%281%29.eml', 'in/my mail (1).eml'],
    ['a%2Bb.eml', 'a+b.eml'],
    ['gr%C3%BC%C3%9Fe.eml', 'grüße.eml'],
    ['100%25.eml', '100%.eml'],
  ])('has its key decoded: %s', (written, key) => {
    expect(read(createObjectEvent({ key: written }))).toMatchObject([{ key }]);
  });

  it('is nothing when S3 only tries the queue', () => {
    expect(read(S3_TEST_EVENT)).toEqual([]);
  });

  it('is nothing when an object was removed, and something when it came in parts', () => {
    expect(read(createObjectEvent({ key: 'a', eventName: 'ObjectRemoved:Delete' }))).toEqual([]);
    expect(
      read(createObjectEvent({ key: 'a', eventName: 'ObjectCreated:CompleteMultipartUpload' })),
    ).toHaveLength(1);
  });

  it.each([
    ['no JSON', '<xml/>', 'event-malformed'],
    ['another event', { hello: 'world' }, 'event-malformed'],
    ['a key that decodes to nothing', createObjectEvent({ key: '%E0%A4%A' }), 'event-malformed'],
    ['another bucket', createObjectEvent({ key: 'a', bucket: 'theirs' }), 'event-not-ours'],
  ])('is refused when it is %s', (_, event, code) => {
    expect(() => read(event)).toThrow(expect.objectContaining({ code, isRetryable: false }));
  });
});
