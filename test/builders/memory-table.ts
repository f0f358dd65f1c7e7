import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

type Item = Record<string, unknown>;
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
interface Said {
  TableName?: string | undefined;
  Key?: Item | undefined;
  Item?: Item | undefined;
  ConditionExpression?: string | undefined;
  UpdateExpression?: string | undefined;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}
interface Asked extends Said {
  IndexName?: string;
  KeyConditionExpression?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  RequestItems?: Record<string, { Keys: Item[] }>;
  TransactItems?: Write[];
}

/** What a process meets that has ended: whatever it asks, nothing happens. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * Tables in memory that carry out the very writes of the adapters, with their conditions, all of a transaction or none.
 * It knows of DynamoDB's language what the adapters say in it; anything else it refuses.
 */
export class MemoryTables {
  readonly #tables = new Map<string, Map<string, Item>>();

  get client(): DynamoDBDocumentClient {
    const send = async (command: Command) => this.#send(nameOf(command), command.input);
    return { send } as never as DynamoDBDocumentClient;
  }

  /** The client of a process that ends at its write of that number, before or after it is carried out. */
  dying(at: number, when: 'before' | 'after'): DynamoDBDocumentClient {
    let writes = 0;
    const send = async (command: Command) => {
      if (writes >= at) throw new Crash(when);
      writes += Number(!reads.has(nameOf(command)));
      if (writes >= at && when === 'before') throw new Crash(when);
      const answer = this.#send(nameOf(command), command.input);
      if (writes >= at) throw new Crash(when);
      return answer;
    };
    return { send } as never as DynamoDBDocumentClient;
  }

  /** Every item of a table below a partition key, in the order of their sort keys. */
  items(table: string, pk: string, prefix = ''): Item[] {
    return this.all(table)
      .filter((item) => item.pk === pk && String(item.sk).startsWith(prefix))
      .sort(by('sk'));
  }

  all = (table: string): Item[] => [...this.#table(table).values()];

  /** Someone's hand, which no rule holds back. */
  put(table: string, item: Item): void {
    this.#table(table).set(keyOf(item), copyOf(item) as Item);
  }

  remove(table: string, key: Item): void {
    this.#table(table).delete(keyOf(key));
  }

  #table(name: string): Map<string, Item> {
    const found = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, found);
    return found;
  }

  #send(command: string, input: Asked): object {
    const table = this.#table(input.TableName ?? '');
    switch (command) {
      case 'Get':
        return { Item: table.get(keyOf(input.Key)) };
      case 'BatchGet': {
        const found = Object.entries(input.RequestItems ?? {}).map(([of, { Keys }]) => [
          of,
          Keys.flatMap((key) => this.#table(of).get(keyOf(key)) ?? []),
        ]);
        return { Responses: Object.fromEntries(found) };
      }
      case 'Query':
        return { Items: this.#found(input) };
      case 'Put':
      case 'Update':
      case 'Delete':
        if (!this.#allows(input)) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
        this.#apply(command, input);
        return {};
      case 'TransactWrite': {
        const writes = (input.TransactItems ?? []).map((write) => Object.entries(write)[0] as [string, Said]);
        const keys = writes.map(([, said]) => `${said.TableName} ${keyOf(said.Key ?? said.Item)}`);
        if (new Set(keys).size < keys.length) throw new Error(`a transaction names an item twice: ${keys.join(', ')}`);
        const refused = writes.map(([, said]) => !this.#allows(said));
        if (refused.includes(true)) {
          const CancellationReasons = refused.map((is) => ({ Code: is ? 'ConditionalCheckFailed' : 'None' }));
          throw new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons });
        }
        for (const [kind, said] of writes) this.#apply(kind, said);
        return {};
      }
      default:
        throw new Error(`${command} is not known here`);
    }
  }

  #found({ TableName = '', IndexName, KeyConditionExpression = '', ScanIndexForward = true, Limit, ...said }: Asked) {
    const isMeant = expression(KeyConditionExpression, said);
    const sort = IndexName ? { owner: 'ownerSort', crn: 'crnSort', work: 'workAt', all: 'allSort' }[IndexName] : 'sk';
    const found = this.all(TableName)
      .filter(isMeant)
      .sort(by(sort ?? 'sk'));
    return (ScanIndexForward ? found : found.reverse()).slice(0, Limit);
  }

  #allows({ TableName = '', Key, Item, ConditionExpression, ...said }: Said): boolean {
    const present = this.#table(TableName).get(keyOf(Key ?? Item));
    return !ConditionExpression || expression(ConditionExpression, said)(present ?? {});
  }

  #apply(kind: string, { TableName = '', Key, Item, UpdateExpression = '', ...said }: Said): void {
    const table = this.#table(TableName);
    if (kind === 'Put') this.put(TableName, Item ?? {});
    if (kind === 'Delete') table.delete(keyOf(Key));
    if (kind === 'Update') this.put(TableName, updated(UpdateExpression, said, table.get(keyOf(Key)) ?? { ...Key }));
  }
}

/** As the document client marshals it: sets stay sets, and what is undefined is left out. */
function copyOf(value: unknown): unknown {
  if (value instanceof Set) return new Set(value);
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(kept.map(([name, one]) => [name, copyOf(one)]));
}

type Command = object & { input: Asked };
const nameOf = (command: Command): string => command.constructor.name.replace('Command', '');
const reads = new Set(['Get', 'BatchGet', 'Query']);
const keyOf = ({ pk, sk }: Item = {}): string => JSON.stringify([pk, sk]);
const by = (name: string) => (one: Item, other: Item) => (String(one[name]) < String(other[name]) ? -1 : 1);

// ---- DynamoDB's expressions

type Names = Pick<Said, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;
type Value = (item: Item) => unknown;

const operand = (word: string, { ExpressionAttributeNames, ExpressionAttributeValues }: Names): Value => {
  if (word.startsWith(':')) {
    const value = ExpressionAttributeValues?.[word];
    if (value === undefined) throw new Error(`${word} has no value`);
    return () => value;
  }
  const name = word.startsWith('#') ? ExpressionAttributeNames?.[word] : word;
  if (name === undefined) throw new Error(`${word} has no name`);
  return (item) => item[name];
};

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** A condition, or what a query is for. */
function expression(text: string, names: Names): (item: Item) => boolean {
  const words = text.match(/[#:]?\w+|<=|>=|[=<>(),]/g) ?? [];
  if (words.join('') !== text.replaceAll(/\s/g, '')) throw new Error(`${text} is not understood`);
  const take = (wanted?: string): string => {
    const word = words.shift();
    if (word === undefined || (wanted && word !== wanted)) throw new Error(`${text} is not understood at ${word}`);
    return word;
  };
  const any = (): ((item: Item) => boolean) => {
    let left = all();
    while (words[0] === 'OR') {
      take();
      const [one, other] = [left, all()];
      left = (item) => one(item) || other(item);
    }
    return left;
  };
  const all = (): ((item: Item) => boolean) => {
    let left = single();
    while (words[0] === 'AND') {
      take();
      const [one, other] = [left, single()];
      left = (item) => one(item) && other(item);
    }
    return left;
  };
  const compared = (left: Value): ((item: Item) => boolean) => {
    const sign = take();
    const right = operand(take(), names);
    const holds = comparisons[sign];
    if (!holds) throw new Error(`${sign} is not known here`);
    // What is not there is neither more nor less than anything.
    return (item) => left(item) !== undefined && holds(left(item) as number, right(item) as number);
  };
  const single = (): ((item: Item) => boolean) => {
    const first = take();
    if (first === '(') {
      const inner = any();
      take(')');
      return inner;
    }
    if (words[0] === '(') {
      take();
      const of = operand(take(), names);
      if (first === 'attribute_exists' || first === 'attribute_not_exists') {
        take(')');
        return (item) => (of(item) !== undefined) === (first === 'attribute_exists');
      }
      if (first === 'size') {
        take(')');
        return compared((item) => (of(item) as Set<unknown> | undefined)?.size);
      }
      if (first !== 'begins_with') throw new Error(`${first} is not known here`);
      take(',');
      const prefix = operand(take(), names);
      take(')');
      return (item) => String(of(item) ?? '').startsWith(String(prefix(item)));
    }
    const left = operand(first, names);
    if (words[0] === 'BETWEEN') {
      take();
      const from = operand(take(), names);
      take('AND');
      const to = operand(take(), names);
      return (item) => String(left(item)) >= String(from(item)) && String(left(item)) <= String(to(item));
    }
    return compared(left);
  };
  const whole = any();
  if (words.length > 0) throw new Error(`${text} goes on`);
  return whole;
}

/** There is no empty set. */
function changed(had: Set<unknown> = new Set(), clause: 'ADD' | 'DELETE', said: Set<unknown>) {
  const has = clause === 'ADD' ? had.union(said) : had.difference(said);
  return has.size > 0 ? has : undefined;
}

function updated(text: string, names: Names, item: Item): Item {
  const next = { ...item };
  const named = (word: string): string =>
    word.startsWith('#') ? (names.ExpressionAttributeNames?.[word] ?? '') : word;
  for (const [, clause, list = ''] of text.matchAll(
    /(SET|ADD|DELETE|REMOVE) (.*?)(?= (?:SET|ADD|DELETE|REMOVE) |$)/g,
  )) {
    for (const part of list.split(/,\s*(?![^(]*\))/)) {
      const set = /^([#\w]+) = (?:(:\w+)|if_not_exists\(([#\w]+), (:\w+)\))$/.exec(part);
      const add = /^([#\w]+) (:\w+)$/.exec(part);
      if (clause === 'REMOVE') delete next[named(part)];
      else if (clause === 'SET' && set) {
        const [, name = '', value, unless, otherwise = ''] = set;
        const said = operand(value ?? otherwise, names)(item);
        next[named(name)] = unless ? (item[named(unless)] ?? said) : said;
      } else if ((clause === 'ADD' || clause === 'DELETE') && add) {
        const [, name = '', value = ''] = add;
        const said = operand(value, names)(item);
        const had = item[named(name)];
        if (said instanceof Set) next[named(name)] = changed(had as Set<unknown> | undefined, clause, said);
        else if (clause === 'ADD') next[named(name)] = Number(had ?? 0) + Number(said);
        else throw new Error(`${part} of ${text} is not understood`);
      } else throw new Error(`${part} of ${text} is not understood`);
    }
  }
  return next;
}
