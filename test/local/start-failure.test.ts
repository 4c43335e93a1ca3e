import { describe, expect, it } from 'vitest';
import {
  describeStartFailure,
  describeStorageTrouble,
  isDiskFull,
} from '../../local/run/describe-start-failure.ts';

const REQUEST = { stateFolder: '.postroom', host: '127.0.0.1', smtpPort: 25 };

/** An error as Node makes it. */
const systemError = (members: object): Error => Object.assign(new Error('as Node says'), members);

const describeMembers = (members: object): unknown => {
  const described = describeStartFailure(systemError(members), REQUEST);
  return described instanceof Error ? described.message : described;
};

describe('a start that fails', () => {
  it.each([
    [
      { code: 'EADDRINUSE', port: 2525, address: '127.0.0.1' },
      'port 2525 on 127.0.0.1 is in use by another program; end that, or choose another port (--smtp-port 0 takes a free one)',
    ],
    [
      { code: 'EACCES', syscall: 'listen', port: 25, address: '127.0.0.1' },
      'port 25 needs rights that this process lacks; choose one above 1023',
    ],
    [
      { code: 'EACCES', syscall: 'mkdir', path: '.postroom' },
      '.postroom cannot be written; give this user the right, or choose another folder (--state DIR)',
    ],
    [
      { code: 'EROFS', syscall: 'mkdir' },
      '.postroom cannot be written; give this user the right, or choose another folder (--state DIR)',
    ],
    [
      { code: 'ENOSPC', syscall: 'write' },
      'the disk that holds .postroom is full; make room on it',
    ],
    [
      { code: 'ERR_SQLITE_ERROR', errcode: 13 },
      'the disk that holds .postroom is full; make room on it',
    ],
    [
      { code: 'ERR_SQLITE_ERROR', errcode: 14 },
      '.postroom cannot be written; give this user the right, or choose another folder (--state DIR)',
    ],
    [
      { code: 'ERR_SQLITE_ERROR', errcode: 5 },
      '.postroom is in use by another program; end it, or choose another folder (--state DIR)',
    ],
  ])('for %j says so in one line', (members, line) => {
    expect(describeMembers(members)).toBe(line);
  });

  it('for a reason that nobody foresaw stays what it is', () => {
    const error = new TypeError('a mistake of ours');
    expect(describeStartFailure(error, REQUEST)).toBe(error);
  });
});

describe('a full disk', () => {
  it.each([
    [{ code: 'ENOSPC' }, true],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, true],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 10 }, false],
    [{ code: 'EACCES' }, false],
  ])('is what %j says: %s', (members, isFull) => {
    expect(isDiskFull(systemError(members))).toBe(isFull);
  });

  it('while mail comes in is told with what becomes of the mail', () => {
    expect(describeStorageTrouble(systemError({ code: 'ENOSPC' }), '.postroom')).toBe(
      'the disk that holds .postroom is full: mail is refused with 452 until there is room',
    );
  });
});
