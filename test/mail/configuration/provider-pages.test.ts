import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { createProviderPages } from '../../../mail/configuration/provider-pages.ts';
import { PROVIDER_NAMES, PROVIDERS } from '../../../mail/configuration/providers.ts';

const folder = new URL('../../../docs/providers/', import.meta.url);

describe('the pages in docs/providers', () => {
  it.each(createProviderPages())('$file says what the table of providers says', async (page) => {
    expect(readFileSync(new URL(page.file, folder), 'utf8')).toBe(
      await format(page.text, { parser: 'markdown' }),
    );
  });

  it('are one for each provider, and one that lists them', () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      ['README.md', ...PROVIDER_NAMES.map((name) => `${name}.md`)].toSorted(),
    );
  });
});

describe('the table of providers', () => {
  it.each(PROVIDER_NAMES)('sends nothing of %s over a line that is not safe', (name) => {
    const { imap, pop3, relay } = PROVIDERS[name];
    expect(imap).toMatchObject({ port: 993, security: 'implicit-tls' });
    if (pop3 !== undefined) expect(pop3).toMatchObject({ port: 995, security: 'implicit-tls' });
    for (const { port, security } of relay) {
      expect(security).toBe(port === 465 ? 'implicit-tls' : 'starttls');
    }
  });

  it('knows which providers have no POP3 and no submission by implicit TLS', () => {
    expect(PROVIDER_NAMES.filter((name) => PROVIDERS[name].pop3 === undefined)).toEqual(['icloud']);
    expect(
      PROVIDER_NAMES.filter((name) => !PROVIDERS[name].relay.some(({ port }) => port === 465)),
    ).toEqual(['microsoft365', 'outlook', 'icloud']);
  });

  it('says how a password is got where one is taken', () => {
    const silent = PROVIDER_NAMES.filter((name) => {
      const { password, steps } = PROVIDERS[name].credential;
      return password !== 'none' && steps.length === 0;
    });
    expect(silent).toEqual([]);
  });
});
