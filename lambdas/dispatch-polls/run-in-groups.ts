/** LIMIT: requests at once: a function has one processor at the most, and SQS answers in 10 ms. */
const GROUP_SIZE = 8;

/** Cuts a list into pieces, the last of which may be shorter. */
export const cutInto = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/**
 * Runs a task for each item, eight at once. One that fails keeps no other from being run.
 *
 * @throws Whatever the first that failed threw, when all have ended.
 */
export async function runInGroups<Item>(
  items: readonly Item[],
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const group of cutInto(items, GROUP_SIZE)) {
    for (const result of await Promise.allSettled(group.map(task))) {
      if (result.status === 'rejected') failures.push(result.reason);
    }
  }
  if (failures.length > 0) throw failures[0];
}
