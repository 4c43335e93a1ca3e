import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLocalEndpoints, writeLocalEndpoints } from '../../local/endpoints.ts';
import { createFolder } from './fixture.ts';

const ENDPOINTS = {
  pid: process.pid,
  awsEndpoint: 'http://127.0.0.1:4566',
  dynamodbEndpoint: 'http://127.0.0.1:8000',
  smtpPort: 2525,
  region: 'us-east-1',
  account: '000000000000',
  environment: 'dev',
  mailBucket: 'bucket',
  queueUrlBase: 'http://127.0.0.1:4566/000000000000/',
};

/** Linux and macOS give out no process ids this high. */
const NOBODY = 2 ** 30;

describe('the endpoints of a local run', () => {
  it('are those of the process that wrote them', () => {
    const folder = createFolder();
    writeLocalEndpoints(folder, ENDPOINTS);
    expect(readLocalEndpoints(folder)).toEqual(ENDPOINTS);
  });

  it('are none when nobody ever wrote them', () => {
    expect(readLocalEndpoints(createFolder())).toBeUndefined();
  });

  it('are none when the process that wrote them is gone', () => {
    const folder = createFolder();
    writeLocalEndpoints(folder, { ...ENDPOINTS, pid: NOBODY });
    expect(readLocalEndpoints(folder)).toBeUndefined();
  });

  it.each(['', '{"pid":', '{}'])('are none when the file holds %j', (text) => {
    const folder = createFolder();
    writeFileSync(join(folder, 'endpoints.json'), text);
    expect(readLocalEndpoints(folder)).toBeUndefined();
  });
});
