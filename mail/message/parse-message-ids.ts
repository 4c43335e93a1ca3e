/**
 * Reads the ids of a Message-ID, In-Reply-To or References field (RFC 5322 section 3.6.4), without
 * their angle brackets. Words that senders put between them are passed over; a value without
 * brackets is one id, as older senders write it.
 */
export function parseMessageIds(value: string): readonly string[] {
  const ids = Array.from(value.matchAll(/<([^<>]*)>/g), ([, id]) => (id ?? '').replace(/\s+/g, ''));
  if (ids.length > 0) return ids.filter((id) => id !== '');
  const bare = value.trim();
  return bare === '' || /\s/.test(bare) ? [] : [bare];
}
