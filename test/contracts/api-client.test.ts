import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, ContractViolation, client, Refused } from '../../infra/local/api-client.ts';
import { type ProblemType, problemBody, problems } from '../../shared/contracts/problems.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { AppointmentView } from '../../shared/contracts/views/appointment.ts';

const { bookAppointment, cancelAppointment, listTasks } = endpoints;

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}
interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

const ids = {
  allocationId: 'b3a1f6c2-58c0-4b0e-9a64-0d9f5a3c7e11',
  appointmentId: '0f0c3c52-6f1b-4f6e-8d2f-0c7e5a1b9d22',
};
const appointment: AppointmentView = {
  id: ids.appointmentId,
  allocationId: ids.allocationId,
  purpose: 'session',
  session: 1,
  format: 'one-to-one',
  groupId: null,
  startsAt: '2026-03-02T09:30:00.000Z',
  durationMinutes: 60,
  mode: 'phone',
  status: 'cancelled',
  feedback: null,
  moved: null,
  cancellation: { at: '2026-03-01T09:30:00.000Z', requestedBy: null, reasonCode: null, reason: 'ill' },
  version: 3,
};
const request = { params: ids, body: { reason: 'ill' }, ifMatch: '"2"' };

let answer: Answer;
let asked: Asked;
let api: ApiClient;

const server = createServer(async (incoming, outgoing) => {
  const { method, url, headers } = incoming;
  asked = { method, url, headers, body: (await incoming.toArray()).join('') };
  outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  outgoing.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  api = client({ apiUrl: `http://127.0.0.1:${port}`, token: async () => 'a-token' });
});
afterAll(() => server.close());
beforeEach(() => {
  answer = { status: 200, body: appointment, headers: { etag: '"3"' } };
});

const problemAnswer = (type: ProblemType, headers = {}): Answer => ({
  status: problems[type].status,
  body: problemBody(type, 'for a reason'),
  headers: { 'content-type': 'application/problem+json', ...headers },
});

describe('The typed client', () => {
  it('sends what the contract says, and answers what its response says', async () => {
    const response = await api.call(cancelAppointment, { ...request, idempotencyKey: 'key-1' });
    expect(asked).toMatchObject({
      method: 'POST',
      url: `/v1/allocations/${ids.allocationId}/appointments/${ids.appointmentId}/cancellation`,
      headers: { authorization: 'Bearer a-token', 'if-match': '"2"', 'idempotency-key': 'key-1' },
      body: '{"reason":"ill"}',
    });
    expect(response).toMatchObject({ ok: true, status: 200, etag: '"3"', body: { status: 'cancelled' } });
  });

  it('leaves out a query that is undefined, and writes the rest', async () => {
    answer = { status: 200, body: { items: [], cursor: null } };
    await api.must(listTasks, { query: { status: 'open', overdue: 'true', type: undefined, limit: 5 } });
    expect(asked.url).toBe('/v1/tasks?status=open&overdue=true&limit=5');
  });

  it('hands back a problem that the route declares, and the gateway’s own message', async () => {
    answer = problemAnswer('stale');
    expect(await api.call(cancelAppointment, request)).toMatchObject({ ok: false, status: 412, body: { status: 412 } });
    answer = { status: 401, body: { message: 'Unauthorized' } };
    expect(await api.call(cancelAppointment, request)).toMatchObject({ ok: false, body: { message: 'Unauthorized' } });
  });

  it('throws a refusal where success must be', async () => {
    answer = problemAnswer('not-possible-now');
    await expect(api.must(cancelAppointment, request)).rejects.toThrow(Refused);
    await expect(api.must(cancelAppointment, request)).rejects.toThrow('cancel-appointment was refused: 409');
  });

  it.each<[string, Answer]>([
    ['a field that the schema does not name', { status: 200, body: { ...appointment, crn: 'X320741' } }],
    ['a field of the wrong type', { status: 200, body: { ...appointment, version: '3' } }],
    ['an ETag that is not the version', { status: 200, body: appointment, headers: { etag: '"2"' } }],
    ['no ETag', { status: 200, body: appointment }],
    ['something that is not JSON', { status: 200, body: '<html>' }],
    ['a status that it does not declare', { status: 204, body: {} }],
    ['a problem that it does not declare', problemAnswer('task-lapsed')],
    ['a problem under another status', { ...problemAnswer('stale'), status: 409 }],
    ['a problem as plain JSON', { status: 412, body: problemBody('stale') }],
    ['a gateway message under a status that is not the gateway’s', { status: 404, body: { message: 'Not Found' } }],
    ['“try again” without when', problemAnswer('try-again')],
  ])('refuses a response with %s', async (_what, given) => {
    answer = given;
    await expect(api.call(cancelAppointment, request)).rejects.toThrow(ContractViolation);
  });

  it('types bodies, parameters and responses by the contract', async () => {
    const body = { purpose: 'session', startsAt: '2026-03-02T09:30:00Z', durationMinutes: 60, mode: 'phone' } as const;
    const response = await api.must(bookAppointment, { params: { allocationId: ids.allocationId }, body });
    const status: 200 = response.status;
    const { startsAt }: { startsAt: string } = response.body;
    expect([status, startsAt]).toEqual([200, '2026-03-02T09:30:00.000Z']);
    // @ts-expect-error a purpose that there is not
    await api.must(bookAppointment, { params: { allocationId: ids.allocationId }, body: { ...body, purpose: 'chat' } });
    // @ts-expect-error parameters are missing
    await api.must(bookAppointment, { body });
  });
});
