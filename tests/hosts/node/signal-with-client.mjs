// Delivers a signal with client.wasm: it waits, sends over wasi:http and decides. This program says whom to sign as.
//
// Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… node signal-with-client.mjs ENDPOINT REGION STACK RESOURCE ID
// (`npm run client -- CLIENT.WASM` makes ./client)
import { readFile } from 'node:fs/promises';
import { argv, env } from 'node:process';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { instantiate } from './client/client.js';

/** A freshness of 'renewed' asks for others than the last ones, where there are any.
 * @type {typeof import('./client/interfaces/cfn-signal-credentials.js').get} */
function get(request) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = env;
  if (id && secret) return { tag: 'access-key', val: { id, secret, sessionToken } };
  // What is thrown is the error of WIT's result; after a 'temporary' one it is asked again.
  throw { tag: 'permanent', val: 'the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' };
}

// At run time jco looks imports up without their versions, whatever its types say.
const imports = { ...new WASIShim().getImportObject(), 'cfn:signal/credentials': { get } };
const compile = async (/** @type {string} */ name) => WebAssembly.compile(await readFile(new URL(`client/${name}`, import.meta.url)));
const { delivery, signaler } = await instantiate(compile, /** @type {any} */ (imports));

const [endpoint, region, stack, logicalId, uniqueId] = argv.slice(2);
const options = new delivery.DeliveryOptions(); // with `undefined` in its place, the region's own endpoint
options.setEndpointUrl(endpoint);
const outcome = signaler.deliver( // throws a ComponentError where the arguments are no good
  { status: 'success', uniqueId },
  { tag: 'stack-resource', val: { stack, logicalId, region } },
  options,
); // blocks this thread; requests are sent by a worker of the shim's
console.log(`${outcome.kind}: ${outcome.message}`);
process.exitCode = outcome.kind === 'delivered' ? 0 : 1;
