import { afterAll, beforeAll, describe } from 'vitest';
import { type AwsPlayer, type AwsUnderTest, EMBEDDED, LOCAL_AWS } from './aws-under-test.ts';
import { describeWith } from './requirement.ts';

/** Python and its libraries are read from the disk, on a machine that runs other tests as well. */
const START_TIMEOUT_MS = 60_000;

/** How what a contract is about is made. */
export interface ContractMakers<Subject> {
  /** @default there is none in memory */
  readonly memory?: () => Subject;
  /** Over one AWS, which the whole suite shares. */
  readonly aws: (aws: AwsUnderTest) => Subject | Promise<Subject>;
  /** @default all of them */
  readonly players?: readonly AwsPlayer[];
}

/**
 * Describes what every implementation of a port must do: in memory where there is one, over the
 * embedded emulators and over the local AWS endpoint. Each is a suite of its own.
 *
 * @param suite Describes the tests; what it is given makes a subject, once AWS is up.
 */
export function describeContract<Subject>(
  title: string,
  { memory, aws: createOverAws, players = [EMBEDDED, LOCAL_AWS] }: ContractMakers<Subject>,
  suite: (open: () => Promise<Subject>) => void,
): void {
  if (memory !== undefined) {
    describe(`${title} over memory`, () => {
      suite(() => Promise.resolve(memory()));
    });
  }
  for (const { name, requirements, start } of players) {
    describeWith(requirements, `${title} over ${name}`, () => {
      let aws: AwsUnderTest;
      beforeAll(async () => {
        aws = await start();
      }, START_TIMEOUT_MS);
      afterAll(() => aws.close());
      suite(async () => createOverAws(aws));
    });
  }
}
