import { CASE_SOURCES, type ConfigurationCase } from './configuration-cases.ts';

/** What a team says of itself. */
export interface InitAnswers {
  readonly case: ConfigurationCase;
  readonly domain: string;
  readonly environment: string;
}

/**
 * The text of a `postroom.config.ts` for a case, commented.
 *
 * The environment can be named when a command runs (`POSTROOM_ENV`), so that one file serves all.
 */
export function writeConfigurationSource({ case: name, domain, environment }: InitAnswers): string {
  const { domain: members, queues, rules, otherwise } = CASE_SOURCES[name];
  return `import { definePostroom } from './mail/configuration/define-postroom.ts';

// Everything a team edits. docs/configuration.md has every member, docs/rules.md every condition.
// See what it does with a mail: npx postroom explain mail.eml
export default definePostroom({
  // Part of the name of everything deployed. \`--env NAME\` of npx postroom sets POSTROOM_ENV.
  environment: process.env['POSTROOM_ENV'] ?? '${environment}',

  // Domains whose MX points at Amazon SES.
  receiving: {
    domains: [
      {
        domain: '${domain}',${members}
      },
    ],
  },

  // What your services read: events of type MailReceived (docs/schemas).
  queues: {${queues}
  },

  // Tried in order for each recipient; all that match apply, until one says stop, quarantine or drop.
  rules: [${rules}
  ],

  // Mail that no rule sent anywhere.
  otherwise: ${otherwise},

  // 'keep' leaves mail and queues behind when the stack is destroyed; 'delete' is for trying it.
  retention: { rawDays: 90, whenDestroyed: 'keep' },
});
`;
}
