import { generate } from 'selfsigned';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../support/dovecot/create-authority.ts';
import { openTestSession } from './open-session.ts';
import { type ScriptedMailbox, startScriptedMailbox } from './scripted-mailbox.ts';

/** Logs in; gives what the server heard. */
async function logIn(mailbox: ScriptedMailbox, password = 'secret', user = 'anna') {
  const { server, heard } = await startScriptedMailbox(mailbox);
  await openTestSession({ server, credential: { kind: 'password', user, password } });
  return heard;
}

describe('a login to a POP3 server', () => {
  it('is by USER and PASS where there is no SASL PLAIN', async () => {
    const heard = await logIn({ capabilities: ['SASL CRAM-MD5', 'USER'] });
    expect(heard).toEqual(['CAPA', 'USER anna', 'PASS secret']);
  });

  it('is by USER and PASS where there is no CAPA', async () => {
    const heard = await logIn({ answers: { CAPA: '-ERR what?\r\n' } });
    expect(heard).toEqual(['CAPA', 'USER anna', 'PASS secret']);
  });

  it('goes in two steps when the server does not take the response with the command', async () => {
    const heard = await logIn({ answers: { AUTH: '+ \r\n' } });
    expect(heard.slice(1)).toEqual(['AUTH PLAIN AGFubmEAc2VjcmV0', 'AGFubmEAc2VjcmV0']);
  });

  // With 174 letters the command is of 253 bytes, its end included, with 175 of 257: 255 are allowed.
  it.each([
    ['below', 100, 1],
    ['at', 174, 1],
    ['above', 175, 2],
  ])(
    'goes in as many steps as the length of a command allows: %s',
    async (_title, letters, steps) => {
      const AUTH = steps === 1 ? '+OK\r\n' : '+ \r\n';
      const heard = await logIn({ answers: { AUTH } }, 'p'.repeat(letters));
      const response = Buffer.from(`\0anna\0${'p'.repeat(letters)}`).toString('base64');
      expect(heard.slice(1)).toEqual(
        steps === 1 ? [`AUTH PLAIN ${response}`] : ['AUTH PLAIN', response],
      );
    },
  );

  it('gives up when the server asks for something else', async () => {
    const { server, heard } = await startScriptedMailbox({
      answers: { AUTH: '+ eHh4\r\n', '*': '-ERR given up\r\n' },
    });
    await expect(openTestSession({ server })).rejects.toMatchObject({
      code: 'peer-authentication',
    });
    expect(heard.at(-1)).toBe('*');
  });

  it.each(['\r', '\n', '\0', 'a\r\nDELE 1'])(
    'never says a user or a password with %j in it',
    async (text) => {
      const { server, heard } = await startScriptedMailbox({ capabilities: [] });
      const base = { kind: 'password', user: 'anna', password: 'secret' } as const;
      for (const credential of [
        { ...base, user: text },
        { ...base, password: text },
      ]) {
        await expect(openTestSession({ server, credential })).rejects.toMatchObject({
          code: 'credential-missing',
        });
      }
      expect(heard).toEqual(['CAPA', 'CAPA']);
    },
  );

  it('sends a password as it is', async () => {
    const heard = await logIn({ capabilities: [] }, 'two words ');
    expect(heard.at(-1)).toBe('PASS two words ');
  });

  it.each([
    ['-ERR', 'peer-authentication'],
    ['-ERR invalid credentials', 'peer-authentication'],
    ['-ERR [AUTH] invalid credentials', 'peer-authentication'],
    ['-ERR [XNEW] something', 'peer-authentication'],
    ['-ERR [IN-USE] another session', 'peer-unavailable'],
    ['-ERR [SYS/TEMP] later', 'peer-unavailable'],
    ['-ERR [sys/temp] later', 'peer-unavailable'],
    ['-ERR [SYS/PERM] disabled', 'peer-unavailable'],
    ['-ERR [LOGIN-DELAY] too soon', 'peer-throttled'],
  ])('takes %j for %s', async (answer, code) => {
    for (const [command, capabilities] of [
      ['AUTH', ['SASL PLAIN']],
      ['USER', []],
      ['PASS', []],
    ] as const) {
      const { server } = await startScriptedMailbox({
        capabilities,
        answers: { [command]: `${answer}\r\n` },
      });
      await expect(openTestSession({ server })).rejects.toMatchObject({ code });
    }
  });

  it('says when to come again, where the server does', async () => {
    const answers = { AUTH: '-ERR [LOGIN-DELAY] too soon\r\n' };
    const told = await startScriptedMailbox({
      capabilities: ['SASL PLAIN', 'LOGIN-DELAY 900'],
      answers,
    });
    await expect(openTestSession({ server: told.server })).rejects.toMatchObject({
      retryAfterMs: 900_000,
      fields: { peer: 'POP3', command: 'AUTH', responseCode: 'LOGIN-DELAY' },
    });
    const silent = await startScriptedMailbox({ answers });
    await expect(openTestSession({ server: silent.server })).rejects.toMatchObject({
      retryAfterMs: undefined,
    });
  });

  it('is not tried where the greeting turns us away', async () => {
    const { server, heard } = await startScriptedMailbox({ greeting: '-ERR too many connections' });
    await expect(openTestSession({ server })).rejects.toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'POP3', command: 'greeting' },
    });
    expect(heard).toEqual([]);
  });
});

describe('STLS', async () => {
  const { ca, serverKey: key, serverCertificate: cert } = await createAuthority();
  const options = { certificate: { key, cert }, security: 'starttls', ca } as const;

  it('comes before the login, and what the server can is asked again', async () => {
    const { server, heard } = await startScriptedMailbox({ capabilities: ['STLS'] }, options);
    await openTestSession({ server });
    expect(heard).toEqual(['CAPA', 'STLS', 'CAPA', 'USER anna', 'PASS secret']);
  });

  it('works in packets of one byte', async () => {
    const { server } = await startScriptedMailbox(
      { capabilities: ['STLS'] },
      { ...options, packetBytes: 1 },
    );
    const session = await openTestSession({ server });
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 0 });
  });

  it.each([
    ['does not offer it', { capabilities: [] }, 'peer-protocol', ['CAPA']],
    ['does not say what it can', { answers: { CAPA: '-ERR\r\n' } }, 'peer-protocol', ['CAPA']],
    [
      'refuses it',
      { capabilities: ['STLS'], answers: { STLS: '-ERR\r\n' } },
      'peer-unavailable',
      ['CAPA', 'STLS'],
    ],
    [
      'says more in the clear',
      { capabilities: ['STLS'], answers: { STLS: '+OK\r\n+OK\r\n.\r\n' } },
      'peer-protocol',
      ['CAPA', 'STLS'],
    ],
  ])('is not done without when the server %s', async (_title, mailbox, code, said) => {
    const { server, heard } = await startScriptedMailbox(mailbox, options);
    await expect(openTestSession({ server })).rejects.toMatchObject({ code });
    expect(heard).toEqual(said);
  });

  it('is not believed when the certificate is of another authority', async () => {
    const other = await createAuthority();
    const { server, heard } = await startScriptedMailbox(
      { capabilities: ['STLS'] },
      { ...options, ca: other.ca },
    );
    await expect(openTestSession({ server })).rejects.toMatchObject({ code: 'peer-protocol' });
    expect(heard).toEqual(['CAPA', 'STLS']);
  });

  it('is not believed when the certificate is of another host', async () => {
    const altNames = [{ type: 2 as const, value: 'other.example' }];
    const { private: otherKey, cert: otherCert } = await generate(
      [{ name: 'commonName', value: 'other.example' }],
      { keyType: 'ec', extensions: [{ name: 'subjectAltName', altNames }] },
    );
    const { server } = await startScriptedMailbox(
      { capabilities: ['STLS'] },
      { ...options, certificate: { key: otherKey, cert: otherCert }, ca: otherCert },
    );
    await expect(openTestSession({ server })).rejects.toMatchObject({
      code: 'peer-protocol',
      fields: { peer: 'POP3', name: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });
});
