/** Faults of a service that pass by themselves: throttling, overload, an answer that got lost. */
const names = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionInProgressException',
  'TransactionConflictException',
  'KmsThrottlingException',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'NetworkingError',
]);

export function isTransient(error: Error): boolean {
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  return names.has(error.name) || names.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
}
