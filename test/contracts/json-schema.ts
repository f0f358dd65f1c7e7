/** As much of JSON Schema as the contracts come to. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  propertyNames?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

/** A schema and everything in it, each with where it stands. References are followed into `$defs` of the whole. */
export function* parts(schema: Schema, at = '', whole = schema): Generator<[at: string, part: Schema]> {
  if (schema.$ref) {
    const referred = whole.$defs?.[schema.$ref.replace('#/$defs/', '')];
    if (!referred) throw new Error(`${schema.$ref} is not in the schema`);
    yield* parts(referred, at, whole);
    return;
  }
  yield [at, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    yield* parts(property, `${at}/${name}`, whole);
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* parts(choice, at, whole);
  if (schema.items) yield* parts(schema.items, `${at}/*`, whole);
  if (typeof schema.additionalProperties === 'object') yield* parts(schema.additionalProperties, `${at}/{}`, whole);
}

const byFormat: Record<string, string> = {
  uuid: 'b3a1f6c2-58c0-4b0e-9a64-0d9f5a3c7e11',
  'date-time': '2026-03-02T09:30:00.000Z',
  date: '2026-03-02',
};

const byPattern = [
  'X320741',
  '/v1/referrals/b3a1f6c2-58c0-4b0e-9a64-0d9f5a3c7e11',
  '/v1/services/accommodation-west-yorkshire',
  '/v1/group-sessions/b3a1f6c2-58c0-4b0e-9a64-0d9f5a3c7e11',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'pl',
  '/person/sex',
  'northern-pathways',
];

/** A value that the schema takes, with every property that it may have. */
export function exampleOf(schema: Schema): unknown {
  const choice = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])][0];
  if (choice) return exampleOf(choice);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, of]) => [name, exampleOf(of)]));
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () => exampleOf(schema.items ?? {}));
    case 'string':
      return stringLike(schema);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function stringLike({ format, pattern }: Schema): string {
  if (format) return byFormat[format] ?? 'example';
  return byPattern.find((candidate) => new RegExp(pattern ?? '').test(candidate)) ?? 'example';
}
