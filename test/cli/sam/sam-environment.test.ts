import { describe, expect, test } from 'vitest';
import { readSamEnvironment } from '../../../cli/sam/sam-environment.ts';

describe('readSamEnvironment', () => {
  test('splits SAM_FLAGS at white space', () => {
    const { flags } = readSamEnvironment('/repo', { SAM_FLAGS: ' --skip-pull-image  --debug ' });

    expect(flags).toEqual(['--skip-pull-image', '--debug']);
  });

  test('keeps the AWS account of the person away from sam and the function', () => {
    const { variables } = readSamEnvironment('/repo', {
      AWS_PROFILE: 'production',
      AWS_ACCESS_KEY_ID: 'AKIA-REAL',
      AWS_SESSION_TOKEN: 'token',
      HOME: '/home/ada',
    });

    expect(variables).toMatchObject({
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_ACCESS_KEY_ID: 'local',
      HOME: '/home/ada',
    });
  });

  test('finds the sam of test:setup after the one on the PATH', () => {
    const { variables } = readSamEnvironment('/repo', { PATH: '/usr/bin' });

    expect(variables['PATH']).toBe('/usr/bin:/repo/.venv/sam/bin');
  });
});
