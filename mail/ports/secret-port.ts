/** Reads a secret as it is kept. */
export interface SecretReader {
  /** Where a secret is, as a person finds it. */
  describePlace(name: string): string;

  /**
   * @returns Its text; undefined when there is no secret of this name.
   * @throws {PeerUnavailableError} When the store does not answer.
   */
  readSecret(name: string): Promise<string | undefined>;
}
