/** Who sends a request: the account pays for all of them. */
export type Payer =
  | 'SES'
  | 'S3'
  | 'whoever drops'
  | 'event source'
  | 'parse-mail'
  | 'reconcile-arrivals'
  | 'enter-drops'
  | 'dispatch-polls'
  | 'poll-mailbox';

/** A request to AWS as it is billed. */
export interface BilledRequest {
  readonly by: Payer;
  /** `DynamoDB`. */
  readonly service: string;
  /** `UpdateItem`. */
  readonly operation: string;
  /** With those that the SDK sent again by itself. */
  readonly attempts: number;
  /** Capacity units of the table; elsewhere pieces of 64 KB, at least 1. */
  readonly units: number;
  /** Bytes of the messages or the object in it, both ways. */
  readonly bytes: number;
  /** Rows of the table that it can reach, however many there are; infinite where nothing bounds it. */
  readonly rowsAtMost: number;
}

type Next = (args: { readonly input: object }) => Promise<{ readonly output: object }>;

/** What is needed of an AWS client: each has a stack of middleware that sees its requests. */
interface MeteredClient {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: { clientName?: string; commandName?: string }) => Next,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** The members of inputs and outputs that bear on a bill. */
interface Billing {
  readonly $metadata?: { readonly attempts?: number };
  /** A list where a request was for several tables or rows. */
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
  readonly Message?: unknown;
  readonly MessageBody?: unknown;
  readonly Messages?: readonly { readonly Body?: string }[];
  readonly ContentLength?: number;
  readonly Body?: unknown;
}

/** SQS and SNS bill each piece of so many bytes as a request. */
export const PIECE_BYTES = 64 * 1024;

const measure = (text: unknown): number =>
  typeof text === 'string' || Buffer.isBuffer(text) ? Buffer.byteLength(text) : 0;

const countBytes = (input: Billing, output: Billing): number =>
  measure(input.Message) +
  measure(input.MessageBody) +
  measure(input.Body) +
  (output.ContentLength ?? 0) +
  (output.Messages ?? []).reduce((sum, { Body }) => sum + measure(Body), 0);

/** The members of DynamoDB's inputs that say which rows are meant. */
interface RowChoice {
  readonly Key?: unknown;
  readonly Item?: unknown;
  readonly Limit?: number;
  readonly KeyConditionExpression?: string;
}

/** A scan with a limit passes over rows that are nobody's affair, so it counts as one without. */
function countRowsAtMost(service: string, { Key, Item, ...query }: RowChoice): number {
  if (service !== 'DynamoDB') return 0;
  if (Key !== undefined || Item !== undefined) return 1;
  return query.KeyConditionExpression === undefined ? Infinity : (query.Limit ?? Infinity);
}

/** A query that finds nothing costs half a unit, a refused write one: emulators leave both out. */
function readUnits(operation: string, output: Billing, bytes: number, service: string): number {
  if (service !== 'DynamoDB') return Math.max(1, Math.ceil(bytes / PIECE_BYTES));
  const least = operation === 'Query' ? 0.5 : operation === 'GetItem' ? 0.5 : 1;
  const consumed = [output.ConsumedCapacity ?? []].flat();
  return Math.max(
    least,
    consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
  );
}

/** Notes every request that AWS clients send. */
export interface RequestMeter {
  readonly requests: BilledRequest[];
  /** Sees what these clients send from now on. */
  readonly watch: (by: Payer, clients: readonly MeteredClient[]) => void;
}

/** Makes a meter that has seen nothing. */
export function createRequestMeter(): RequestMeter {
  const requests: BilledRequest[] = [];
  const createMiddleware =
    (by: Payer) =>
    (next: Next, { clientName = '', commandName = '' }): Next => {
      const service = clientName.replace(/Client$/, '');
      const operation = commandName.replace(/Command$/, '');
      const note = (input: Billing & RowChoice, output: Billing): void => {
        const bytes = countBytes(input, output);
        const units = readUnits(operation, output, bytes, service);
        const attempts = output.$metadata?.attempts ?? 1;
        const rowsAtMost = countRowsAtMost(service, input);
        requests.push({ by, service, operation, attempts, units, bytes, rowsAtMost });
      };
      return async ({ input, ...rest }) => {
        const asked =
          service === 'DynamoDB' ? { ...input, ReturnConsumedCapacity: 'TOTAL' } : input;
        try {
          const result = await next({ ...rest, input: asked });
          note(input, result.output);
          return result;
        } catch (error) {
          // What was refused is billed as well; the SDK's errors carry the metadata of answers.
          if (error instanceof Error) note(input, error as Error & Billing);
          throw error;
        }
      };
    };
  return {
    requests,
    watch(by, clients) {
      for (const { middlewareStack } of clients) {
        middlewareStack.add(createMiddleware(by), { step: 'initialize', name: 'billedRequests' });
      }
    },
  };
}

/** How many requests of each kind there were: `parse-mail DynamoDB UpdateItem` and the like. */
export function countRequests(
  requests: readonly BilledRequest[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { by, service, operation, attempts } of requests) {
    const kind = `${by} ${service} ${operation}`;
    counts[kind] = (counts[kind] ?? 0) + attempts;
  }
  return counts;
}
