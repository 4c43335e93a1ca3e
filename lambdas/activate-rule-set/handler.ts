import { Logger } from '@aws-lambda-powertools/logger';
import { createFetchCustomResourceResponder } from '../../adapters/aws/fetch-custom-resource-responder.ts';
import { createSesReceiptRuleSets } from '../../adapters/aws/ses-receipt-rule-sets.ts';
import { createActivateRuleSetHandler } from './create-handler.ts';

const logger = new Logger({ serviceName: 'activate-rule-set' });

/** The deployed function. */
export const handler = createActivateRuleSetHandler({
  ruleSets: createSesReceiptRuleSets(),
  responder: createFetchCustomResourceResponder(),
  reportOutcome: (outcome) => {
    if ('reason' in outcome) logger.error('activation', { ...outcome });
    else logger.info('activation', { ...outcome });
  },
});
