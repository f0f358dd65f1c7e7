/**
 * `node:http`, without what an `import` of it costs: Node then reads every name that the module exports, and its
 * `WebSocket` brings the whole of undici with it, a sixth of a function's start, for no function that uses it. The
 * bundler puts this in the place of the module.
 */
const http = process.getBuiltinModule('node:http');
export const { Agent, request, STATUS_CODES } = http;
