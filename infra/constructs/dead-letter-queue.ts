import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * Where work ends up that a function could not do. SQS's own encryption, not our key: what lands here is ids only, and
 * a fault of a key must not be able to lose it. The local AWS speaks plain HTTP on loopback, so only there is that allowed.
 */
export function deadLetterQueue(scope: Construct, id: string, name: string, { local }: { local: boolean }): Queue {
  const queue = new Queue(scope, id, {
    queueName: `referrals-${name}-dead-letters`,
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: !local,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(queue, {
    'Serverless-SQSRedrivePolicy': 'This is itself a dead-letter queue; nothing reads it but people.',
  });
  return queue;
}
