import { describe, expect, it } from 'vitest';
import { orderByAttempts } from '../../../lambdas/parse-mail/order-by-attempts.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createSqsEvent } from '../../support/sqs-event.ts';

describe('the order of records that were received before', () => {
  const { Records } = createSqsEvent(
    createSesNotification({ messageId: 'a' }),
    createSesNotification({ messageId: 'b' }),
  );

  it('stays as it was where the ledger cannot be asked, so that each fails by itself', async () => {
    const readAttempts = () =>
      Promise.reject(new PeerUnavailableError('DynamoDB answered TimeoutError'));
    expect(await orderByAttempts(Records, { readAttempts }, 'mail-bucket')).toEqual(Records);
  });

  it('is not made up where something is wrong with us', async () => {
    const readAttempts = () => Promise.reject(new TypeError('a fault of ours'));
    await expect(orderByAttempts(Records, { readAttempts }, 'mail-bucket')).rejects.toThrow(
      TypeError,
    );
  });
});
