/** The name under which a container reaches the machine that it runs on. */
export const CONTAINER_HOST = 'host.docker.internal';

/** What stands around a function while it runs: where its requests go and what it is given. */
export interface Counterpart {
  /** The event as the function gets it. */
  readonly event: unknown;
  /** Variables of the function. */
  readonly variables: Readonly<Record<string, string>>;
  /** The environment to synthesize. @default the one that the configuration names */
  readonly environmentName?: string;
  /** Ports of this machine's loopback that the function calls. */
  readonly ports: readonly number[];
  /** What happened around the function, in lines for a person. Ends what was started. */
  finish(): Promise<CounterpartReport>;
}

/** How it went, beside what the function returned. */
export interface CounterpartReport {
  readonly lines: readonly string[];
  /** Whether the function did what whoever called it wants. */
  readonly isSuccess: boolean;
}
