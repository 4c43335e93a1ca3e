import { ConfigurationError } from '../../mail/errors.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';

const PATHS = { domain: 'receiving.domains[0].domain', environment: 'environment' } as const;

/** What the configuration's own check says of an answer; undefined when it is right. */
export function findAnswerFault(member: keyof typeof PATHS, value: string): string | undefined {
  const answers = { domain: 'example.com', environment: 'dev', [member]: value };
  try {
    parseConfiguration({
      environment: answers.environment,
      receiving: { domains: [{ domain: answers.domain, catchAll: true }] },
      queues: { inbox: {} },
      otherwise: { queue: 'inbox' },
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.find(({ path }) => path === PATHS[member])?.message;
  }
}
