import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface LogSettings {
  key: IKey;
  retentionDays: number;
}

/** An encrypted log group that forgets in time. Logs hold ids and codes only, so a deleted stack takes its logs along. */
export function serviceLog(scope: Construct, id: string, name: string, { key, retentionDays }: LogSettings): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: name,
    encryptionKey: key,
    retention: retentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
