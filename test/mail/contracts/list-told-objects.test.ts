import { describe, expect, it } from 'vitest';
import { listToldObjects } from '../../../mail/contracts/list-told-objects.ts';
import { createObjectEvent, S3_TEST_EVENT } from '../../support/sample-object-event.ts';

const list = (event: unknown) => listToldObjects(JSON.stringify(event));

describe('listToldObjects', () => {
  it('names the objects of an event of S3, in any bucket', () => {
    const event = createObjectEvent(
      { key: 'a+b%C3%A9.eml' },
      { bucket: 'a-stranger', key: 'c', eventName: 'ObjectRemoved:Delete' },
    );
    expect(list(event)).toEqual([
      { bucket: 'drop-bucket', key: 'a bé.eml' },
      { bucket: 'a-stranger', key: 'c' },
    ]);
  });

  it('shows a key that cannot be decoded as it came', () => {
    expect(list(createObjectEvent({ key: '100%' }))).toEqual([
      { bucket: 'drop-bucket', key: '100%' },
    ]);
  });

  it.each([
    [9, 9],
    [10, 10],
    [11, 10],
  ])('of %i objects names %i', (told, listed) => {
    const objects = Array.from({ length: told }, (_, index) => ({ key: `${index}` }));
    expect(list(createObjectEvent(...objects))).toHaveLength(listed);
  });

  it.each(['', 'no JSON', '[]', 'null', JSON.stringify(S3_TEST_EVENT), '{"Records":[{"s3":{}}]}'])(
    'finds none in %s',
    (body) => {
      expect(listToldObjects(body)).toEqual([]);
    },
  );
});
