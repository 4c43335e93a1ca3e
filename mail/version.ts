/** The version of Postroom, as in package.json. */
export const POSTROOM_VERSION = '0.1.0';
