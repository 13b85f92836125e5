// Signs a request with signer.wasm and prints the signature. It sends nothing, and the component could not.
//
// Usage: node sign-request.mjs REQUEST.JSON    (`npm run signer -- SIGNER.WASM` makes ./signer)
import { readFile } from 'node:fs/promises';
import { sigv4 } from './signer/signer.js';

const asked = JSON.parse(await readFile(process.argv[2], 'utf8'));
const signed = sigv4.sign(
  { method: asked.method, uri: asked.url, headers: asked.headers, payload: { tag: 'bytes', val: new TextEncoder().encode(asked.body) } },
  { id: asked['access-key-id'], secret: asked['secret-access-key'] },
  { region: asked.region, service: asked.service, signedAt: BigInt(asked['signed-at']) },
  sigv4.defaultSettings(),
); // the error of WIT's result is thrown: a ComponentError, whose payload is `{ tag, val }`
console.log(signed.signature); // signed.headers is what to add to the request
