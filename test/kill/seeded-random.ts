/** From 0 to below 1, the same numbers for the same seed (mulberry32). */
export function createSeededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of a list, each at most once, in the list's order. */
export function sampleList<Item>(
  list: readonly Item[],
  count: number,
  random: () => number,
): readonly Item[] {
  const chosen = list
    .map((_, index) => ({ index, rank: random() }))
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, count);
  const indices = new Set(chosen.map(({ index }) => index));
  return list.filter((_, index) => indices.has(index));
}
