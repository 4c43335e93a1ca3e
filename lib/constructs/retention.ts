import { RemovalPolicy } from 'aws-cdk-lib';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';

/** What becomes of whatever holds mail when its stack is destroyed. */
export const planRemoval = ({ retention }: Configuration): RemovalPolicy =>
  retention.whenDestroyed === 'delete' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
