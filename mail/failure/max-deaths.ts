/** A mail that ended its process so often is not tried again: each time it takes others with it. */
export const MAX_DEATHS = 3;
