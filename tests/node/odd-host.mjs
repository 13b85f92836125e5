// Signals in a host whose wasi:http misbehaves: with client.wasm where it is silent, with command.wasm where it quotes the
// request, for the command tells what is in the way before there is an outcome.
//
// Usage: node odd-host.mjs silent|quoting   (in a folder beside ./client and ./command, as jco transpiles them)
import { readFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { _setArgs } from '@bytecodealliance/preview2-shim/cli';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';

const url = 'http://127.0.0.1:9/handle?X-Amz-Signature=0123456789abcdef0123';
const imports = new WASIShim().getImportObject();
const answer = imports['wasi:http/types'].FutureIncomingResponse.prototype;

async function component(name, more = {}) {
  const { instantiate } = await import(`../${name}/${name}.js`);
  const compile = async (file) => WebAssembly.compile(await readFile(new URL(`../${name}/${file}`, import.meta.url)));
  return instantiate(compile, { ...imports, ...more });
}

if (argv[2] === 'silent') {
  // Always ready, and never with an answer.
  answer.subscribe = () => imports['wasi:clocks/monotonic-clock'].subscribeDuration(0n);
  answer.get = () => undefined;
  const get = () => {
    throw { tag: 'permanent', val: 'a handle needs none' };
  };
  const { delivery, signaler } = await component('client', { 'cfn:signal/credentials': { get } });
  const options = new delivery.DeliveryOptions();
  options.setMaxAttempts(2);
  options.setAttemptTimeout(300);
  options.setMaxDelay(1);
  const outcome = signaler.deliver({ status: 'success', uniqueId: 'one' }, { tag: 'wait-handle', val: url }, options);
  console.log(`${outcome.kind} after ${outcome.attempts}: ${outcome.message}`);
  process.exit(0);
}
const error = { tag: 'internal-error', val: `error sending request for url (${url})` };
answer.get = () => ({ tag: 'ok', val: { tag: 'err', val: error } });
_setArgs(['cfn-signal', '--id', 'one', '--max-attempts', '2', '--max-delay', '1ms', url]);
const { run } = await component('command');
run.run(); // ends this process with the outcome's code
