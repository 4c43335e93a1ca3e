// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * Whether a folder's name has what no folder's name can have.
 *
 * SECURITY: a line break would end the command. imapflow refuses it too, by another name.
 */
export const hasControlCharacters = (folder: string): boolean => CONTROL.test(folder);
