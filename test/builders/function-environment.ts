/** Imported before the functions: what they are told of their surroundings, and that nobody listens to their logs. */
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_DEV = 'false';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
process.env.RECORD_TABLE = 'record';
process.env.PRIVATE_TABLE = 'private';
process.env.EVENT_BUS_NAME = 'referrals';
process.env.LIFECYCLE_ARN = 'arn:aws:states:eu-west-2:111122223333:stateMachine:referral-lifecycle';
process.env.DELIVERY_ARN = 'arn:aws:states:eu-west-2:111122223333:stateMachine:allocation-delivery';
