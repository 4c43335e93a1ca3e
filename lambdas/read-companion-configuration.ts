import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ParseMailConfiguration } from '../mail/configuration/parse-mail-configuration.ts';

/** Where a bundle has its configuration. */
export interface CompanionFile {
  readonly LAMBDA_TASK_ROOT: string;
  readonly CONFIGURATION_FILE: string;
}

/** Reads what stands beside a function's bundle. */
export const readCompanionFile = ({
  LAMBDA_TASK_ROOT,
  CONFIGURATION_FILE,
}: CompanionFile): unknown =>
  JSON.parse(readFileSync(resolve(LAMBDA_TASK_ROOT, CONFIGURATION_FILE), 'utf8'));

/** Reads the configuration that stands beside the bundle of a function that handles mail. */
export const readCompanionConfiguration = (file: CompanionFile): ParseMailConfiguration =>
  // The file was made from a checked configuration when the stack was synthesized.
  readCompanionFile(file) as ParseMailConfiguration;
