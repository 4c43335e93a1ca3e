import type { buildApp } from 'fauxqs';
import type { EmulatorStores } from './fauxqs-parts.ts';

const PRECONDITION_FAILED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>';

/** The ETag of what a copy would read; undefined when nothing is there. */
function readSourceETag(store: EmulatorStores['s3Store'], source: string): string | undefined {
  const [bucket = '', ...key] = decodeURIComponent(source).replace(/^\//, '').split('/');
  try {
    return store.headObject(bucket, key.join('/')).etag;
  } catch {
    // The copy itself says what is missing.
    return undefined;
  }
}

/**
 * Lets a copy fail when other bytes stand at its source than it names, as S3 does.
 *
 * QUIRK(fauxqs): it ignores `x-amz-copy-source-if-match`. Without this a mail that is dropped under
 * the key of another, after that was read and before it was copied, would come in twice and the
 * other never.
 */
export function mendConditionalCopy(
  app: ReturnType<typeof buildApp>,
  store: EmulatorStores['s3Store'],
): void {
  app.addHook('preHandler', async ({ headers }, reply) => {
    const source = headers['x-amz-copy-source'];
    const wanted = headers['x-amz-copy-source-if-match'];
    if (typeof source !== 'string' || typeof wanted !== 'string') return;
    const found = readSourceETag(store, source);
    if (found === undefined || found === wanted) return;
    await reply.status(412).type('application/xml').send(PRECONDITION_FAILED);
  });
}
