/** An event as the bus brings it to a function. */
export const busEvent = (detail: unknown, detailType = 'referral.sent.v1') => ({
  id: 'e',
  version: '0',
  account: '111122223333',
  time: '2026-06-15T09:00:00Z',
  region: 'eu-west-2',
  resources: [],
  source: 'referrals',
  'detail-type': detailType,
  detail,
});
