/**
 * US dollars, list prices of us-east-1 in November 2026. Each member names its unit; no free tier
 * and no discount is counted.
 */
export const PRICES = {
  s3PerPut: 5 / 1e6,
  s3PerGet: 0.4 / 1e6,
  s3PerGbMonth: 0.023,
  /** Each 64 KB of a publication. */
  snsPerPublish: 0.5 / 1e6,
  /** Each 64 KB of a request. */
  sqsPerRequest: 0.4 / 1e6,
  sqsPerFifoRequest: 0.5 / 1e6,
  /** Of 1 KB. */
  dynamodbPerWriteUnit: 0.625 / 1e6,
  /** Of 4 KB, consistent; half a unit otherwise. */
  dynamodbPerReadUnit: 0.125 / 1e6,
  dynamodbPerGbMonth: 0.25,
  /** Point-in-time recovery. */
  dynamodbBackupPerGbMonth: 0.2,
  /** On arm64. */
  lambdaPerGbSecond: 0.0000133334,
  lambdaPerInvocation: 0.2 / 1e6,
  logsPerGb: 0.5,
  metricPerMonth: 0.3,
  alarmPerMonth: 0.1,
  dashboardPerMonth: 3,
  secretPerMonth: 0.4,
  keyPerMonth: 1,
  schedulerPerInvocation: 1 / 1e6,
  /** What SES takes for receiving, whoever reads it then. */
  sesPerMail: 0.1 / 1e3,
  /** Each full or begun 256 KB of a mail. */
  sesPerChunk: 0.09 / 1e3,
} as const;
