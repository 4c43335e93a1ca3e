import { join } from 'node:path';
import { type Duration, Validations } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Architecture, type CfnFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  type BundlingOptions,
  Charset,
  LogLevel,
  NodejsFunction,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { LOG_RETENTION, planRemoval } from './retention.ts';

const PROJECT_ROOT = join(import.meta.dirname, '..', '..');

/** What {@link NodeFunction} is made from. */
export interface NodeFunctionProps {
  /** The folder below `lambdas/` whose `handler.ts` is the entry. */
  readonly lambda: string;
  /**
   * The function's id in the template. `sam local invoke` and saved commands name it, so it never
   * changes.
   */
  readonly logicalId: string;
  readonly description: string;
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  readonly timeout: Duration;
  /** Its share of a processor goes with it. */
  readonly memoryMegabytes: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** All that the function may do, beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** A file that goes beside the bundle. */
  readonly companionFile?: string;
}

/** What is exchanged in bundles, as arguments of esbuild. */
const BUNDLE_ALIASES = {
  '--alias:html-to-text': join(import.meta.dirname, 'unused-html-to-text.ts'),
} as const;

/** How a handler and all that it imports become one ES module, with a file beside it. */
const createBundling = (companionFile: string | undefined): BundlingOptions => ({
  format: OutputFormat.ESM,
  logLevel: LogLevel.ERROR,
  target: 'node24',
  minify: true,
  // Tables of character sets are a seventh larger when they are escaped, and slower to read.
  charset: Charset.UTF8,
  // ES module versions first: they shrink to what is used.
  mainFields: ['module', 'main'],
  // The runtime's own SDK changes under us; the bundle carries the versions that were tested.
  externalModules: [],
  esbuildArgs: BUNDLE_ALIASES,
  // CommonJS packages in an ES module bundle call `require` for Node's own modules.
  banner:
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_, outputDir) =>
      companionFile === undefined ? [] : [`cp "${companionFile}" "${outputDir}"`],
  },
});

/**
 * A function of ours: bundled as one ES module, with a log group of its own and a role that can do
 * what it is given and nothing else.
 */
export class NodeFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: LOG_RETENTION[props.configuration.retention.logDays],
      removalPolicy: planRemoval(props.configuration),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    for (const statement of props.statements) this.role.addToPrincipalPolicy(statement);
    this.function = new NodejsFunction(this, 'Function', {
      entry: join(PROJECT_ROOT, 'lambdas', props.lambda, 'handler.ts'),
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: join(PROJECT_ROOT, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture,
      timeout: props.timeout,
      memorySize: props.memoryMegabytes,
      environment: { ...props.environment },
      role: this.role,
      logGroup,
      awsSdkConnectionReuse: false,
      bundling: createBundling(props.companionFile),
    });
    // A Function's default child is its resource.
    (this.function.node.defaultChild as CfnFunction).overrideLogicalId(props.logicalId);
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaTracing',
      reason:
        'A trace of X-Ray is billed for each mail and ends at the queue; a mail is followed by its mailId in logs and events.',
    });
  }
}
