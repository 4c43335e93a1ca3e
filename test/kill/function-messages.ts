import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** What the process of a function is told. */
export type FunctionRequest =
  | { readonly kind: 'invoke'; readonly event: SQSEvent }
  /** How far its clock is ahead of the machine's. */
  | { readonly kind: 'clock'; readonly offsetMs: number };

/** What it answers. */
export type FunctionAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly response: SQSBatchResponse }
  /** The handler threw, which Lambda takes for the failure of the whole batch. */
  | { readonly kind: 'threw'; readonly name: string };
