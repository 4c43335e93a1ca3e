import type { BilledRequest } from '../metering/request-meter.ts';
import { PRICES } from '../prices.ts';
import type { CostLine } from './cost-line.ts';

/** What was measured of so many mails. */
export interface MeasuredMails {
  readonly mails: number;
  readonly requests: readonly BilledRequest[];
  readonly functions: readonly MeasuredFunction[];
}

/** What was measured of a function. */
export interface MeasuredFunction {
  readonly name: string;
  /** As `lib/constructs/` gives it. */
  readonly memoryMegabytes: number;
  readonly batches: number;
  /** Of one processor of this machine, over all batches. */
  readonly processorMs: number;
  /** What one batch writes into the log group, Lambda's own lines included. */
  readonly logBytesOfBatch: number;
  /** Milliseconds that a batch waits for others. @default for AWS alone, within a region */
  readonly waitingMs?: number;
}

/** Lambda gives a whole processor with so much memory, and a share of one with less. */
const MEGABYTES_OF_A_PROCESSOR = 1769;
/**
 * What a processor of Lambda's arm64 (Graviton2) is behind one of a usual developer's machine in
 * single-threaded Node. An assumption, on the dear side; the rest of the bill is counted.
 */
const ARM64_FACTOR = 1.5;
/**
 * A batch's longest chain of waiting: ten requests one after the other, of 3 to 20 ms within a
 * region. The mails of a batch wait together.
 */
const WAITING_MS = 80;

/** Dollars of one unit of a request. */
function readPrice({ service, operation }: BilledRequest): number {
  switch (service) {
    case 'S3':
      // Removing is free.
      if (operation === 'DeleteObject') return 0;
      return operation === 'GetObject' || operation === 'HeadObject'
        ? PRICES.s3PerGet
        : PRICES.s3PerPut;
    case 'SNS':
      return PRICES.snsPerPublish;
    case 'SQS':
      return PRICES.sqsPerRequest;
    case 'DynamoDB':
      return ['Query', 'GetItem', 'BatchGetItem', 'Scan'].includes(operation)
        ? PRICES.dynamodbPerReadUnit
        : PRICES.dynamodbPerWriteUnit;
    default:
      throw new Error(`expected a service with a price, came ${service}`);
  }
}

/** S3 bills a request whatever its size, the others by units. */
const countUnits = ({ service, attempts, units }: BilledRequest): number =>
  service === 'S3' ? attempts : attempts * units;

function priceRequests({ requests, mails }: MeasuredMails): readonly CostLine[] {
  const kinds = Map.groupBy(
    requests,
    ({ by, service, operation }) => `${by}: ${service} ${operation}`,
  );
  return Array.from(kinds, ([what, members]) => {
    const count = members.reduce((sum, one) => sum + countUnits(one), 0) / mails;
    const [first] = members;
    return { what, count, dollars: first === undefined ? 0 : count * readPrice(first) * 1e6 };
  });
}

/** Milliseconds that Lambda bills for a batch. */
export const readBilledMs = ({
  processorMs,
  batches,
  memoryMegabytes,
  waitingMs = WAITING_MS,
}: MeasuredFunction): number =>
  (processorMs / batches / (memoryMegabytes / MEGABYTES_OF_A_PROCESSOR)) * ARM64_FACTOR + waitingMs;

function priceFunction(measured: MeasuredFunction, mails: number): readonly CostLine[] {
  const { name, batches, logBytesOfBatch, memoryMegabytes } = measured;
  const invocations = batches / mails;
  const gbSeconds = (readBilledMs(measured) / 1000) * (memoryMegabytes / 1024) * invocations;
  const logBytes = logBytesOfBatch * invocations;
  return [
    {
      what: `${name}: Lambda, invocations`,
      count: invocations,
      dollars: invocations * PRICES.lambdaPerInvocation * 1e6,
    },
    {
      what: `${name}: Lambda, GB-seconds`,
      count: gbSeconds,
      dollars: gbSeconds * PRICES.lambdaPerGbSecond * 1e6,
    },
    {
      what: `${name}: CloudWatch, bytes of logs`,
      count: logBytes,
      dollars: (logBytes / 1e9) * PRICES.logsPerGb * 1e6,
    },
  ];
}

/** What SNS puts into the arrivals queue: it bills nothing for that, SQS a request. */
function priceDelivery({ requests, mails }: MeasuredMails): readonly CostLine[] {
  const pieces = requests
    .filter(({ operation }) => operation === 'Publish')
    .reduce((sum, { units }) => sum + units, 0);
  const count = pieces / mails;
  if (count === 0) return [];
  return [{ what: 'SNS: SQS SendMessage', count, dollars: count * PRICES.sqsPerRequest * 1e6 }];
}

/** What a million of such mails cost; what SES takes for receiving is apart. */
export const priceMail = (measured: MeasuredMails): readonly CostLine[] => [
  ...priceRequests(measured),
  ...priceDelivery(measured),
  ...measured.functions.flatMap((one) => priceFunction(one, measured.mails)),
];
