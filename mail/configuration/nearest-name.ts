/** Single-character edits between two texts (Levenshtein). */
function countEdits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const substitution = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? Infinity) + 1,
          (current[column - 1] ?? Infinity) + 1,
          (previous[column - 1] ?? Infinity) + substitution,
        ),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? Infinity;
}

/** The name that was most likely meant, or undefined when none is near. Case is ignored. */
export function findNearestName(came: string, names: readonly string[]): string | undefined {
  const maxEdits = Math.max(2, Math.floor(came.length / 3));
  const [nearest] = names
    .map((name) => ({ name, edits: countEdits(came.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= maxEdits)
    .toSorted((one, other) => one.edits - other.edits);
  return nearest?.name;
}

/** The end of a sentence that names it; empty when none is near. */
export function hintNearestName(came: string, names: readonly string[]): string {
  const nearest = findNearestName(came, names);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}
