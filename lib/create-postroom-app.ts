import { App } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { receivingStackName, stackName } from '../mail/configuration/resource-names.ts';
import { type ArchitectureName, parseArchitecture } from './architecture.ts';
import { PostroomReceivingStack } from './stacks/postroom-receiving-stack.ts';
import { PostroomStack } from './stacks/postroom-stack.ts';

/** How the app is made. */
export interface PostroomAppOptions {
  /** @default the context value `architecture`, else arm64 */
  readonly architecture?: ArchitectureName;
  /** Folder that the templates and bundles are written to. @default the CDK command line's own */
  readonly outdir?: string;
  /**
   * Whether the functions are bundled. Without bundles the templates are the same but for the
   * assets' hashes, and are made in a fraction of the time.
   *
   * @default true
   */
  readonly isBundled?: boolean;
}

/** The app with both stacks of one environment, and the stacks by themselves. */
export interface PostroomApp {
  readonly app: App;
  readonly postroom: PostroomStack;
  readonly receiving: PostroomReceivingStack;
}

/**
 * Makes the CDK app of one environment.
 *
 * `PostroomReceiving` needs Amazon SES; `Postroom` does not. Nothing but fixed names crosses, so
 * that each can be deployed, changed and destroyed without an export of the other in its way.
 *
 * @throws {ConfigurationError} When the context names a processor that Lambda does not have.
 */
export function createPostroomApp(
  configuration: Configuration,
  { architecture, outdir, isBundled = true }: PostroomAppOptions = {},
): PostroomApp {
  const app = new App({
    outdir,
    analyticsReporting: false,
    // Here rather than in cdk.json, which tests do not read: they would see other templates.
    context: CURRENTLY_RECOMMENDED_FLAGS,
    postCliContext: isBundled ? {} : { 'aws:cdk:bundling-stacks': [] },
  });
  const processor = parseArchitecture(architecture ?? app.node.tryGetContext('architecture'));
  const { environment } = configuration;
  const postroom = new PostroomStack(app, 'Postroom', {
    stackName: stackName(environment),
    configuration,
    architecture: processor,
  });
  const receiving = new PostroomReceivingStack(app, 'PostroomReceiving', {
    stackName: receivingStackName(environment),
    configuration,
    architecture: processor,
  });
  // The bucket, the topic and their policies must be there before SES accepts a rule that uses them.
  receiving.addStackDependency(postroom);
  return { app, postroom, receiving };
}
