import type {
  Provider,
  ProviderEndpoint,
  ProviderLimit,
  RelayLimits,
  RetrievalLimits,
  Source,
} from './provider.ts';
import { PAGES_READ, PROVIDER_NAMES, type ProviderName, PROVIDERS } from './providers.ts';

/** A page of `docs/providers/`, Markdown whose tables are not aligned yet. */
export interface ProviderPage {
  /** The file's name there. */
  readonly file: string;
  readonly text: string;
}

type LimitName = keyof RetrievalLimits | keyof RelayLimits;

const LIMIT_TITLES: Readonly<Record<LimitName, string>> = {
  connections: 'connections at once',
  bytesPerDay: 'MB fetched in a day',
  minutesBetweenLogins: 'minutes from one login to the next',
  messagesPerMinute: 'messages a minute',
  messagesPerDay: 'messages a day',
  recipientsPerDay: 'recipients a day',
  recipientsPerMessage: 'recipients of a message',
  messageBytes: 'MB of a message',
};

const NOTE =
  '<!-- Made from mail/configuration/providers.ts by `npm run providers`; change it there. -->';

const PROTOCOLS = { imap: 'IMAP', pop3: 'POP3', relay: 'relay' } as const;

const cite = (source: Source): string =>
  source === 'unconfirmed'
    ? 'unconfirmed'
    : `[${PAGES_READ.has(source) ? 'source' : 'to be checked at'}](${source})`;

const writeRow = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const writeHead = (...cells: readonly string[]): readonly string[] => [
  writeRow(...cells),
  writeRow(...cells.map(() => '---')),
];

const writeEndpoint = (name: string, endpoint: ProviderEndpoint | undefined): string =>
  endpoint === undefined
    ? writeRow(name, 'none', '', '')
    : writeRow(name, `\`${endpoint.host}\``, String(endpoint.port), `\`${endpoint.security}\``);

const writeServers = ({ imap, pop3, relay, source }: Provider): readonly string[] => [
  ...writeHead('', 'host', 'port', 'security'),
  writeEndpoint(PROTOCOLS.imap, imap),
  writeEndpoint(PROTOCOLS.pop3, pop3),
  ...relay.map((endpoint) => writeEndpoint(PROTOCOLS.relay, endpoint)),
  '',
  `Hosts and ports: ${cite(source)}.`,
];

function writeValue(name: LimitName, { value }: ProviderLimit): string {
  const shown = LIMIT_TITLES[name].startsWith('MB') ? value / 1_000_000 : value;
  return shown.toLocaleString('en-US');
}

function writeLimits({ limits }: Provider): readonly string[] {
  const rows = (['imap', 'pop3', 'relay'] as const).flatMap((protocol) =>
    // The names are those of the interfaces that the table is checked against.
    (Object.entries(limits[protocol]) as [LimitName, ProviderLimit][]).map(([name, limit]) =>
      writeRow(
        PROTOCOLS[protocol],
        LIMIT_TITLES[name],
        writeValue(name, limit),
        cite(limit.source),
      ),
    ),
  );
  if (rows.length === 0) return ['None that is known.'];
  return [...writeHead('', 'limit', 'is', 'provider’s page'), ...rows];
}

function writeCredential({ credential }: Provider): readonly string[] {
  if (credential.password === 'none') {
    return [
      `By IMAP and POP3 no password is taken, only OAuth 2.0 (${cite(credential.source)}). Postroom does not speak it yet: a mailbox here is refused until it does.`,
    ];
  }
  return [
    `The account's own password is refused; one is made for Postroom alone (${cite(credential.source)}).`,
    '',
    ...credential.steps.map((step, index) => `${index + 1}. ${step}`),
    '',
    'Put it into the [secret](../configuration.md#passwords) that the mailbox names.',
  ];
}

const writeQuirks = ({ quirks }: Provider): readonly string[] =>
  quirks.length === 0
    ? []
    : ['## Good to know', '', ...quirks.map(({ text, source }) => `- ${text} (${cite(source)})`)];

const writeExample = (name: ProviderName): readonly string[] => [
  '```ts',
  'mailboxes: [',
  `  { name: 'invoices', address: 'invoices@example.com', provider: '${name}', secret: 'postroom/mailboxes' },`,
  '],',
  '```',
];

const join = (...blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;

function createPage(name: ProviderName): ProviderPage {
  const provider = PROVIDERS[name];
  const text = join(
    [`# ${provider.title}`],
    [NOTE],
    writeExample(name),
    writeServers(provider),
    ['## Password'],
    writeCredential(provider),
    ['## Limits'],
    writeLimits(provider),
    writeQuirks(provider),
  );
  return { file: `${name}.md`, text };
}

function createIndex(): ProviderPage {
  const rows = PROVIDER_NAMES.map((name) => {
    const { title, pop3, credential } = PROVIDERS[name];
    const password = credential.password === 'none' ? 'OAuth 2.0 only: not yet' : 'app password';
    return writeRow(
      `[${title}](${name}.md)`,
      `\`${name}\``,
      pop3 === undefined ? 'IMAP' : 'IMAP, POP3',
      password,
    );
  });
  const text = join(
    ['# Mail providers'],
    [NOTE],
    [
      'What is known of them, with where it was read. Any other server is written as `server`; see',
      '[configuration](../configuration.md#mailboxes).',
    ],
    [...writeHead('', '`provider`', 'protocols', 'logs in by'), ...rows],
  );
  return { file: 'README.md', text };
}

/** The pages of all providers, and the one that lists them. */
export const createProviderPages = (): readonly ProviderPage[] => [
  createIndex(),
  ...PROVIDER_NAMES.map(createPage),
];
