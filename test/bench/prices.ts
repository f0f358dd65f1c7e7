/**
 * List prices in dollars, without free tiers, volume steps or tax; DynamoDB's are those after the halving of November
 * 2024. Look them up again when the year is an old one.
 */
export const pricedAsOf = '2025';
export const priceRegion = 'eu-west-2';

const million = 1_000_000;

export const prices = {
  /** Step Functions, standard workflows. */
  transition: 0.025 / 1000,
  /** DynamoDB on demand. */
  readUnit: 0.1485 / million,
  writeUnit: 0.7423 / million,
  /** Lambda on arm64. */
  request: 0.2 / million,
  gigabyteSecond: 0.0000133334,
  /** API Gateway, HTTP API. */
  apiCall: 1 / million,
  /** EventBridge, custom events. */
  event: 1 / million,
} as const;

/** Every function has this much, in gigabytes (`infra/constructs/use-case-function.ts`). */
export const functionMemory = 0.5;
