import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A place where the emulator differs from AWS in something that this application rests on. */
interface Repair {
  why: string;
  file: string;
  /** Must occur exactly once in the pinned version: an upgrade that moves it is noticed at installation. */
  find: string;
  replace: string;
}

const WORKER = 'ministack/core/lambda_runtime.py';
const LAMBDA = 'ministack/services/lambda_svc.py';
const IAM_ACTIONS = 'ministack/core/iam_actions.py';
const REQUESTS = 'ministack/app.py';
const DYNAMODB = 'ministack/services/dynamodb.py';

export const repairs: readonly Repair[] = [
  {
    why: 'a thrown error keeps its name: a rejected promise',
    file: WORKER,
    find: 'status: "error", error: String(err.message || err), trace: err.stack || ""',
    replace:
      'status: "error", error: String(err.message || err), errorType: err.name || "Error", trace: err.stack || ""',
  },
  {
    why: 'a thrown error keeps its name: a synchronous throw',
    file: WORKER,
    find: 'status: "error", error: e.message, trace: e.stack',
    replace: 'status: "error", error: e.message, errorType: e.name || "Error", trace: e.stack',
  },
  {
    why: 'a thrown error keeps its name, which is what a state machine catches',
    file: LAMBDA,
    find: `            error_type = "Runtime.HandlerError"
            if _RIE_TIMEOUT_TEXT_RE.fullmatch(error_msg):`,
    replace: `            error_type = result.get("errorType") or "Runtime.HandlerError"
            if _RIE_TIMEOUT_TEXT_RE.fullmatch(error_msg):`,
  },
  {
    why: 'a thrown error does not end its execution environment',
    file: WORKER,
    find: '            if response.get("status") == "error":',
    replace: '            if response.get("status") == "error" and "errorType" not in response:',
  },
  {
    why: 'an invocation that logs nothing is not held for 50 ms',
    file: WORKER,
    find: '        first_line_wait: float = 0.050,',
    replace: '        first_line_wait: float = 0.002,',
  },
  {
    why: 'a burst waits for one of a few workers instead of starting a Node process for every call',
    file: WORKER,
    find: `    cap = max_concurrency or _LOCAL_MAX_WORKERS
    with _lock:
        entries = _workers.setdefault(key, [])
        for worker in entries:
            if not worker.in_use:
                worker.in_use = True
                worker.last_used = time.time()
                return worker, "reused"
        if cap and len(entries) >= cap:
            return None, "func_cap"
        worker =`,
    replace: `    cap = max_concurrency or 4
    with _worker_freed:
        while True:
            entries = _workers.setdefault(key, [])
            for worker in entries:
                if not worker.in_use:
                    worker.in_use = True
                    worker.last_used = time.time()
                    return worker, "reused"
            if len(entries) < cap:
                break
            _worker_freed.wait(timeout=1)
        worker =`,
  },
  {
    why: 'a burst waits for one of a few workers: the one that becomes free',
    file: WORKER,
    find: `    with _lock:
        worker.in_use = False
`,
    replace: `    with _worker_freed:
        worker.in_use = False
        _worker_freed.notify_all()
`,
  },
  {
    why: 'a burst waits for one of a few workers: how it is told',
    file: WORKER,
    find: '_LOCAL_MAX_WORKERS = 0\n',
    replace: '_LOCAL_MAX_WORKERS = 0\n_worker_freed = threading.Condition(_lock)\n',
  },
  {
    why: 'a stream consumer is asked again for what it reports as failed, as often as it allows',
    file: LAMBDA,
    find: `            raw_len = len(batch)
            batch = _apply_filter_criteria(batch, esm)`,
    replace: `            raw_len = len(batch)
            raw_batch = batch
            batch = _apply_filter_criteria(batch, esm)`,
  },
  {
    why: 'a stream consumer is asked again for what it reports as failed: the outcome of a batch',
    file: LAMBDA,
    find: `            event = {"Records": batch}
            result = _execute_function(func_rec, event)

            if result.get("error"):`,
    replace: `            event = {"Records": batch}
            result = _execute_function(func_rec, event)

            again = _first_to_deliver_again(esm, raw_batch, batch, result)
            if again is not None:
                esm["LastProcessingResult"] = "FAILED"
                start = pos + again
                last_start, attempts = _delivery_attempts.get(esm_id, (None, 0))
                attempts = attempts + 1 if last_start == start else 1
                _delivery_attempts[esm_id] = (start, attempts)
                limit = int(esm.get("MaximumRetryAttempts", -1))
                if 0 <= limit < attempts:
                    # Bisection ends at the record that fails; without it the rest of the batch goes.
                    bisect = esm.get("BisectBatchOnFunctionError")
                    given_up = raw_batch[again:again + 1] if bisect else raw_batch[again:]
                    _send_ddb_stream_failure_record(
                        esm, func_rec, given_up, source_arn, result, "RetryAttemptsExhausted")
                    start += len(given_up)
                    _delivery_attempts.pop(esm_id, None)
                else:
                    _esm_backoff_until[esm_id] = time.time() + 0.2 * attempts
                with _dynamodb_stream_positions_lock:
                    _dynamodb_stream_positions[esm_id] = start
                continue

            if result.get("error"):`,
  },
  {
    why: 'a stream consumer is asked again for what it reports as failed: where to begin',
    file: LAMBDA,
    find: 'def _poll_dynamodb_streams():',
    replace: `_delivery_attempts = {}


def _first_to_deliver_again(esm, raw_batch, batch, result):
    """Where in the batch delivery begins again; None when every record was handled."""
    first = next(i for i, record in enumerate(raw_batch) if record is batch[0])
    if result.get("error"):
        return first
    if "ReportBatchItemFailures" not in (esm.get("FunctionResponseTypes") or []):
        return None
    body = result.get("body")
    try:
        body = json.loads(body) if isinstance(body, str) else body
        failures = (body or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
    except (AttributeError, ValueError):
        return first
    if not failed:
        return None
    for index, record in enumerate(raw_batch):
        if record["dynamodb"].get("SequenceNumber") in failed:
            return index
    return first


def _poll_dynamodb_streams():`,
  },
  {
    why: 'a role reaches only the partition keys that it is limited to: of a single call',
    file: IAM_ACTIONS,
    find: `    context["dynamodb:Select"] = select
    return context
`,
    replace: `    context["dynamodb:Select"] = select
    return {**context, **dynamodb_leading_keys(data)}


def dynamodb_leading_keys(call):
    """The partition key of the one item that a call, or a part of a transaction, is about."""
    item = call.get("Key") or call.get("Item") or {}
    key = item.get("pk", {}).get("S")
    return {"dynamodb:LeadingKeys": [key]} if key else {}
`,
  },
  {
    why: 'a role reaches only the partition keys that it is limited to: of each item of a transaction',
    file: IAM_ACTIONS,
    find: 'checks.append((action, _dynamodb_table_arn(table, region, account_id)))',
    replace: 'checks.append((action, _dynamodb_table_arn(table, region, account_id), dynamodb_leading_keys(detail)))',
  },
  {
    why: 'a role reaches only the partition keys that it is limited to: each item with its own',
    file: REQUESTS,
    find: 'for item_action, item_arn in transaction_checks:',
    replace: 'for item_action, item_arn, item_keys in transaction_checks:',
  },
  {
    why: 'a role reaches only the partition keys that it is limited to: as its policy is asked',
    file: REQUESTS,
    find: 'resource_arn=item_arn, service_context=item_context,',
    replace: 'resource_arn=item_arn, service_context={**item_context, **item_keys},',
  },
  {
    why: 'a read is counted by the size of what it reads',
    file: DYNAMODB,
    find: '        table_units = 1.0 if consistent else 0.5\n',
    replace: `        read = [result["Item"]] if "Item" in result else result.get("Items", [])
        blocks = -(-sum(_billed_item_bytes(table, one) for one in read) // 4096)
        table_units = max(1, blocks) * (1.0 if consistent else 0.5)
`,
  },
  {
    why: 'a read is counted by the size of what it reads: each item of a batch for itself',
    file: DYNAMODB,
    find: '    return json_response({"Responses": responses, "UnprocessedKeys": unprocessed})\n',
    replace: `    answer = {"Responses": responses, "UnprocessedKeys": unprocessed}
    if data.get("ReturnConsumedCapacity", "NONE") != "NONE":
        answer["ConsumedCapacity"] = []
        for name, config in request_items.items():
            table = _tables[_normalize_table_name(name)]
            found = responses.get(name, [])
            blocks = sum(max(1, -(-_billed_item_bytes(table, one) // 4096)) for one in found)
            units = blocks + len(config.get("Keys", [])) - len(found)
            rate = 1.0 if config.get("ConsistentRead") else 0.5
            answer["ConsumedCapacity"].append({"TableName": name, "CapacityUnits": units * rate})
    return json_response(answer)
`,
  },
];

/** Mends the installed copy, which is the project's own. */
export async function repair(sitePackages: string): Promise<void> {
  for (const { why, file, find, replace } of repairs) {
    const path = resolve(sitePackages, file);
    const source = await readFile(path, 'utf8');
    if (source.split(find).length !== 2)
      throw new Error(`The emulator has changed: cannot repair "${why}" in ${file}.`);
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
  }
}
