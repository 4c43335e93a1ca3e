/**
 * JSON that SQS takes: XML 1.0 characters only. `JSON.stringify` escapes control characters and
 * lone surrogates by itself; U+FFFE and U+FFFF it leaves, and one of them in a subject would make
 * the send fail for ever. QUIRK(fauxqs): it refuses all beyond U+FFFF, so these are escaped too.
 * The consumer's JSON parser undoes it.
 */
export const toSqsJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
