import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';

/** What becomes of whatever holds mail when its stack is destroyed. */
export const planRemoval = ({ retention }: Configuration): RemovalPolicy =>
  retention.whenDestroyed === 'delete' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;

/** How long CloudWatch Logs keeps log lines, by the days that the configuration may name. */
export const LOG_RETENTION: Readonly<Record<Configuration['retention']['logDays'], RetentionDays>> =
  {
    1: RetentionDays.ONE_DAY,
    3: RetentionDays.THREE_DAYS,
    5: RetentionDays.FIVE_DAYS,
    7: RetentionDays.ONE_WEEK,
    14: RetentionDays.TWO_WEEKS,
    30: RetentionDays.ONE_MONTH,
    60: RetentionDays.TWO_MONTHS,
    90: RetentionDays.THREE_MONTHS,
    180: RetentionDays.SIX_MONTHS,
    365: RetentionDays.ONE_YEAR,
  };
