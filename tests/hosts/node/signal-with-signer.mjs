// Delivers a signal with signer.wasm: what to send is decided inside, fetch sends it.
//
// Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… node signal-with-signer.mjs ENDPOINT REGION STACK RESOURCE ID
// (`npm run signer -- SIGNER.WASM` makes ./signer)
import { randomBytes } from 'node:crypto';
import { argv, env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { delivery } from './signer/signer.js';

/** @typedef {import('./signer/interfaces/cfn-signal-delivery.js').Event} Event */
/** @typedef {import('./signer/interfaces/cfn-signal-delivery.js').TransportError} TransportError */

/** @returns {Event} */
function identity() {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = env;
  if (id && secret) return { tag: 'identity', val: { tag: 'access-key', val: { id, secret, sessionToken } } };
  return { tag: 'no-identity', val: { tag: 'permanent', val: 'the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' } };
}

/** What counts is whether the request can have arrived. No message: it may hold the URI.
 * @returns {TransportError} */
function failure(/** @type {Error & { cause?: NodeJS.ErrnoException }} */ { name, cause }) {
  const val = cause?.code ?? name;
  if (val === 'TimeoutError') return { tag: 'timeout' };
  if (val === 'UND_ERR_CONNECT_TIMEOUT') return { tag: 'connect-timeout' }; // after 10 s: fetch takes no other time
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(val)) return { tag: 'dns', val };
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(val)) return { tag: 'refused', val };
  if (['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(val)) return { tag: 'reset', val };
  return { tag: /CERT|SSL|TLS/.test(val) ? 'tls' : 'other', val };
}

/** @returns {Promise<Event>} */
async function send(/** @type {import('./signer/interfaces/cfn-signal-delivery.js').Attempt} */ { request: { method, uri, headers, body }, timeout }) {
  // fetch adds `host`, `content-length` and what is in nobody's way; no GET may have a body, and redirects are answers.
  const more = { body: body.length > 0 ? new Uint8Array(body) : undefined, redirect: /** @type {const} */ ('manual') };
  try {
    const answer = await fetch(uri, { method, headers, signal: AbortSignal.timeout(timeout), ...more });
    const bytes = new Uint8Array(await answer.arrayBuffer()).subarray(0, 65536);
    return { tag: 'response', val: { statusCode: answer.status, headers: [...answer.headers], body: bytes } };
  } catch (error) {
    return { tag: 'failed', val: failure(/** @type {any} */ (error)) };
  }
}

const [endpoint, region, stack, logicalId, uniqueId] = argv.slice(2);
const options = new delivery.DeliveryOptions(); // with `undefined` in its place, the region's own endpoint
options.setEndpointUrl(endpoint);
const target = { tag: /** @type {const} */ ('stack-resource'), val: { stack, logicalId, region } };
const machine = delivery.SignalDelivery.prepare({ status: 'success', uniqueId }, target, options, randomBytes(8).readBigUInt64LE());
const begun = performance.now();
const step = (/** @type {Event} */ event) => machine.next(event, BigInt(Date.now()), Math.floor(performance.now() - begun));
let next = step({ tag: 'start' });
while (next.tag !== 'done') {
  if (next.tag === 'need-identity') next = step(identity());
  else if (next.tag === 'send') next = step(await send(next.val));
  else console.error(next.val.reason), next = step(await sleep(next.val.duration, /** @type {Event} */ ({ tag: 'waited' })));
}
console.log(`${next.val.kind}: ${next.val.message}`);
process.exitCode = next.val.kind === 'delivered' ? 0 : 1;
