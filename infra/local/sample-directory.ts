/** The organisations that answer offers in a local start. */
export const sampleProviders: ReadonlyArray<{ id: string; name: string }> = [
  { id: 'northern-pathways', name: 'Northern Pathways' },
  { id: 'thames-futures', name: 'Thames Futures' },
  { id: 'cambrian-support', name: 'Cambrian Support' },
];

/** Their services, as the contract manager would put them: `PUT /v1/services/{id}`. */
export const sampleServices: ReadonlyArray<{ id: string; service: object }> = [];
