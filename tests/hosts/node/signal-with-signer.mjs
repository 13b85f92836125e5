// Delivers a signal with signer.wasm: what to send is decided inside, fetch sends it.
//
// Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… node signal-with-signer.mjs ENDPOINT REGION STACK RESOURCE ID
// (`npm run signer -- SIGNER.WASM` makes ./signer)
import { randomBytes } from 'node:crypto';
import { argv, env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { delivery } from './signer/signer.js';

/** @typedef {import('./signer/interfaces/cfn-signal-delivery.js').Event} Event */

/** @returns {Event} */
function identity() {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!id || !secret) return { tag: 'no-identity', val: 'the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' };
  return { tag: 'identity', val: { tag: 'access-key', val: { id, secret, sessionToken } } };
}

/** @param {import('./signer/interfaces/cfn-signal-delivery.js').Send} send
 *  @returns {Promise<Event>} */
async function answer({ request, timeout }) {
  const { method, uri, headers, body } = request;
  try {
    const answer = await fetch(uri, {
      method,
      headers, // fetch adds `host`, `content-length`, and some that are in nobody's way
      body: body.length > 0 ? new Uint8Array(body) : undefined, // a GET may not even have an empty one
      redirect: 'manual', // redirects are the component's business
      signal: AbortSignal.timeout(timeout),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer()).subarray(0, 65536);
    return { tag: 'response', val: { status: answer.status, headers: [...answer.headers], body: bytes } };
  } catch (error) {
    const { name, cause } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
    if (name === 'TimeoutError') return { tag: 'failed', val: { tag: 'timeout' } };
    return { tag: 'failed', val: { tag: 'other', val: cause?.code ?? name } }; // no message: it may hold the URI
  }
}

const [endpointUrl, region, stack, logicalId, uniqueId] = argv.slice(2);
const resource = { stack, logicalId, region, endpointVariant: /** @type {const} */ ('standard'), endpointUrl };
const machine = delivery.Delivery.prepare( // throws a ComponentError where the arguments are no good
  { status: 'success', uniqueId },
  { tag: 'resource', val: resource },
  delivery.defaultPolicy(),
  randomBytes(8).readBigUInt64LE(),
);
const begun = performance.now();
const step = (/** @type {Event} */ event) => machine.next(event, BigInt(Date.now()), BigInt(Math.floor(performance.now() - begun)));
let next = step({ tag: 'start' });
while (next.tag !== 'done') {
  if (next.tag === 'need-identity') next = step(identity());
  else if (next.tag === 'send') next = step(await answer(next.val));
  else next = step(await sleep(next.val, /** @type {Event} */ ({ tag: 'waited' })));
}
console.log(`${next.val.kind}: ${next.val.message}`);
process.exitCode = next.val.kind === 'delivered' ? 0 : 1;
