/** How much may be asked for and not answered. */
export interface WindowLimits {
  readonly maxItems: number;
  /** Of all answers together; a single one may be larger. */
  readonly maxBytes: number;
}

/** Decides how far ahead of the answers commands are sent. */
export interface Window<Item> {
  /** What to ask for now. Empty while more than half of the window is under way. */
  take(): readonly Item[];
  /** The oldest that was asked for is answered. */
  release(): void;
  /** How many were asked for and not answered. */
  countUnderWay(): number;
}

/** Makes a window over items that are asked for in order. */
export function createWindow<Item>(
  items: readonly Item[],
  measure: (item: Item) => number,
  { maxItems, maxBytes }: WindowLimits,
): Window<Item> {
  let asked = 0;
  let answered = 0;
  let bytes = 0;
  const hasRoom = (item: Item): boolean =>
    asked === answered || (asked - answered < maxItems && bytes + measure(item) <= maxBytes);
  return {
    take() {
      // Many commands in one packet, in place of one packet for each answer.
      if (asked - answered > maxItems / 2 || bytes > maxBytes / 2) return [];
      const first = asked;
      for (const item of items.slice(first, first + maxItems)) {
        if (!hasRoom(item)) break;
        asked += 1;
        bytes += measure(item);
      }
      return items.slice(first, asked);
    },
    release() {
      const item = items[answered];
      answered += 1;
      if (item !== undefined) bytes -= measure(item);
    },
    countUnderWay: () => asked - answered,
  };
}
