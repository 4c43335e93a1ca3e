/**
 * A command cannot do what was asked, for a reason that the person who asked can mend. The message
 * is one line: what, what was expected, what came, what to do.
 */
export class CommandError extends Error {
  /** 1 when the command failed, 2 when it was called in a way that cannot work. */
  readonly exitStatus: 1 | 2;

  constructor(message: string, options: { readonly exitStatus?: 1 | 2 } = {}) {
    super(message);
    this.name = 'CommandError';
    this.exitStatus = options.exitStatus ?? 1;
  }
}
