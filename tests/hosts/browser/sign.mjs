// Signs a request with signer.wasm and shows what came of it. `jco transpile` made ../node/signer; no bundler, no shim.
const show = (id, text) => { document.getElementById(id).textContent = text; };
const end = (state, verdict) => {
  show('verdict', verdict);
  document.body.dataset.state = state;
};

try {
  const { signing } = await import('../node/signer/signer.js');
  const asked = await (await fetch('../request.json')).json();
  const headers = asked.headers.map(([name, value]) => `${name}: ${value}\n`).join('');
  show('request', `${asked.method} ${asked.url}\n${headers}\n${asked.body}`);
  const what = [
    { method: asked.method, uri: asked.url, headers: asked.headers, payload: { tag: 'bytes', val: new TextEncoder().encode(asked.body) } },
    // A published example. A page of your own is given temporary credentials, with their `sessionToken`.
    { id: asked['access-key-id'], secret: asked['secret-access-key'] },
    { region: asked.region, service: asked.service, signedAt: BigInt(asked['signed-at']) },
  ];
  const signed = new signing.Signer().sign(...what);
  show('signature', signed.signature); // signed.headers is what to add to the request
  const explained = signing.explain(...what); // for diagnosis: signing needs none of it
  show('canonical-request', explained.canonicalRequest);
  show('string-to-sign', explained.stringToSign);
  if (signed.signature === asked['expected-signature']) end('good', 'As expected: botocore computes the same.');
  else end('bad', 'Not as expected: botocore computes another.');
} catch (error) { // the error of WIT's result is a ComponentError's payload
  end('bad', `Not signed: ${error.payload ? `${error.payload.tag} ${error.payload.val ?? ''}` : error.message}`);
}
