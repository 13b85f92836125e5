// client.wasm, which sends by itself over wasi:http: one call, which blocks its thread.
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { instantiate } from './client/client.js';

async function compile(name) {
  const url = new URL(`./client/${name}`, import.meta.url);
  if (url.protocol !== 'file:') return WebAssembly.compileStreaming(fetch(url));
  const { readFile } = await import('node:fs/promises');
  return WebAssembly.compile(await readFile(url));
}

/** An instance of the client, whose credentials are `get`'s. */
export async function client(get) {
  // At run time jco looks imports up without their versions.
  return instantiate(compile, { ...new WASIShim().getImportObject(), 'cfn:signal/credentials': { get } });
}
