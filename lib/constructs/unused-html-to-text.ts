/**
 * Stands in the bundles for the library that makes text of HTML. mailparser imports it, and no
 * function of ours has it called; loading it would take 8 ms of every start.
 *
 * @throws {Error} Always: whoever needs the library takes it out of `BUNDLE_ALIASES`.
 */
export function htmlToText(): never {
  throw new Error('html-to-text is not in the bundle');
}
