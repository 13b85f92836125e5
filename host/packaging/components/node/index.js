// The loop around signer.wasm: it sends, sleeps and finds identities, and decides nothing.
import { delivery } from './signer/signer.js';
import { TransportError, send as sendByFetch } from './fetch.js';

export { TransportError };
export { signing } from './signer/signer.js';

/** Why there is no identity. It is asked for again until the deadline, unless that is permanent. */
export class NoIdentity extends Error {
  name = 'NoIdentity';

  constructor(message, { permanent = false } = {}) {
    super(message);
    this.permanent = permanent;
  }
}

/** The access key of the environment's variables. */
export function environment() {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = globalThis.process?.env ?? {};
  if (id && secret) return { tag: 'access-key', val: { id, secret, sessionToken } };
  throw new NoIdentity('the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', { permanent: true });
}

const SETTERS = {
  deadline: 'setDeadline',
  spent: 'setSpent',
  maxAttempts: 'setMaxAttempts',
  attemptTimeout: 'setAttemptTimeout',
  connectTimeout: 'setConnectTimeout',
  baseDelay: 'setBaseDelay',
  maxDelay: 'setMaxDelay',
  endpointVariant: 'setEndpointVariant',
  endpointUrl: 'setEndpointUrl',
};

function chosen(options) {
  const made = new delivery.DeliveryOptions();
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(SETTERS, name)) throw new TypeError(`no such option: ${name}`);
    if (value !== undefined) made[SETTERS[name]](value);
  }
  return made;
}

async function identityEvent(identity, request) {
  try {
    return { tag: 'identity', val: await identity(request) };
  } catch (error) {
    if (!(error instanceof NoIdentity)) throw error;
    return { tag: 'no-identity', val: { tag: error.permanent ? 'permanent' : 'temporary', val: error.message } };
  }
}

async function sendEvent(send, attempt) {
  try {
    return { tag: 'response', val: await send(attempt) };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const silent = error.kind === 'timeout' || error.kind === 'connect-timeout';
    return { tag: 'failed', val: silent ? { tag: error.kind } : { tag: error.kind, val: error.message } };
  }
}

/** Delivers a signal, and resolves when it is known how that ended. */
export async function deliver(signal, target, { identity = environment, options = {}, send = sendByFetch, onPause = () => {} } = {}) {
  const choices = chosen(options);
  const seed = crypto.getRandomValues(new BigUint64Array(1))[0];
  const machine = delivery.SignalDelivery.prepare(signal, target, choices, seed);
  const begun = performance.now();
  try {
    let event = { tag: 'start' };
    for (;;) {
      const step = machine.next(event, BigInt(Date.now()), Math.floor(performance.now() - begun));
      switch (step.tag) {
        case 'need-identity':
          event = await identityEvent(identity, step.val);
          break;
        case 'send':
          event = await sendEvent(send, step.val);
          break;
        case 'wait':
          onPause(step.val);
          await new Promise((resolve) => setTimeout(resolve, step.val.duration));
          event = { tag: 'waited' };
          break;
        default:
          return step.val;
      }
    }
  } finally {
    // What it knew of keys is overwritten.
    machine[Symbol.dispose]();
    choices[Symbol.dispose]();
  }
}
