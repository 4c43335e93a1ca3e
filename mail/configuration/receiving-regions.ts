/**
 * Regions in which Amazon SES is known to receive mail: those with an `inbound-smtp` endpoint in
 * the AWS General Reference, "Amazon Simple Email Service endpoints and quotas"
 * (https://docs.aws.amazon.com/general/latest/gr/ses.html, table "Email receiving endpoints", as of
 * January 2024). AWS adds regions, so one that is missing here may receive mail too: whether
 * {@link receivingHost} has an address tells.
 */
export const RECEIVING_REGIONS: ReadonlySet<string> = new Set([
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ca-central-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'us-east-1',
  'us-east-2',
  'us-west-2',
]);

/** The host that an MX record names for mail to arrive at Amazon SES. */
export const receivingHost = (region: string): string => `inbound-smtp.${region}.amazonaws.com`;
