// Signs a request with signer.wasm and prints the signature. It sends nothing, and the component could not.
//
// Usage: node sign-request.mjs REQUEST.JSON    (`npm run signer -- SIGNER.WASM` makes ./signer)
import { readFile } from 'node:fs/promises';
import { signing } from './signer/signer.js';

const asked = JSON.parse(await readFile(process.argv[2], 'utf8'));
const signer = new signing.Signer(); // keep it: the next signature of a day, region and service costs a fraction
const signed = signer.sign(
  { method: asked.method, uri: asked.url, headers: asked.headers, payload: { tag: 'bytes', val: new TextEncoder().encode(asked.body) } },
  { id: asked['access-key-id'], secret: asked['secret-access-key'] },
  { region: asked.region, service: asked.service, signedAt: BigInt(asked['signed-at']) },
  undefined, // or settings, which Amazon S3 needs: signing.SigningSettings.s3()
); // the error of WIT's result is thrown: a ComponentError, whose payload is `{ tag, val }`
signer[Symbol.dispose](); // which overwrites the keys that it derived
console.log(signed.signature); // signed.headers is what to add to the request
