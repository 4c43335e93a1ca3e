const COMMON = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:ActivateRuleSet',
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/postroom-test-receiving/5e1f',
  RequestId: '8f7a2c1e-93a5-4c51-8f0d-6a0a4b2b2c11',
  LogicalResourceId: 'ActiveRuleSet',
  ResourceType: 'Custom::ActiveReceiptRuleSet',
};

const properties = (name: string) => ({
  ServiceToken: COMMON.ServiceToken,
  ServiceTimeout: '300',
  RuleSetName: name,
});

/** What CloudFormation sends when the resource is made. */
export const createEvent = (responseUrl: string) => ({
  ...COMMON,
  RequestType: 'Create',
  ResponseURL: responseUrl,
  ResourceProperties: properties('postroom-test'),
});

/** What CloudFormation sends when the resource's properties change. */
export const updateEvent = (responseUrl: string) => ({
  ...COMMON,
  RequestType: 'Update',
  ResponseURL: responseUrl,
  PhysicalResourceId: 'postroom-before',
  ResourceProperties: properties('postroom-test'),
  OldResourceProperties: properties('postroom-before'),
});

/** What CloudFormation sends when the resource goes. */
export const deleteEvent = (responseUrl: string, physicalResourceId = 'postroom-test') => ({
  ...COMMON,
  RequestType: 'Delete',
  ResponseURL: responseUrl,
  PhysicalResourceId: physicalResourceId,
  ResourceProperties: properties('postroom-test'),
});
