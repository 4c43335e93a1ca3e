/**
 * JSON that SQS takes: XML 1.0 characters only. `JSON.stringify` escapes control characters and
 * lone surrogates by itself; U+FFFE and U+FFFF it leaves, and one of them in a subject would make
 * the send fail for ever. As escapes they reach the consumer unharmed.
 */
export const toSqsJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
