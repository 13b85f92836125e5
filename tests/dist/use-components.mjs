// The npm package of the components, used as whoever installed it: node use-components.mjs REQUEST.JSON INSTANCE HANDLE [client]
//
// The environment is that of `cfn-rehearse serve`, whose first answer is that it is too busy. With `client` it is the component that sends by
// itself that delivers.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { NoIdentity, deliver, signing } from 'cfn-signal-components';
import * as signer from 'cfn-signal-components/signer';

const [request, instance, handle, how] = argv.slice(2);
const endpointUrl = env.AWS_ENDPOINT_URL;
const target = { tag: 'stack-resource', val: { stack: 'used', logicalId: 'Server', region: env.AWS_REGION } };
const success = { status: 'success', uniqueId: instance };

async function signs() {
  const asked = JSON.parse(await readFile(request, 'utf8'));
  const signed = new signing.Signer().sign(
    { method: asked.method, uri: asked.url, headers: asked.headers, payload: { tag: 'bytes', val: new TextEncoder().encode(asked.body) } },
    { id: asked['access-key-id'], secret: asked['secret-access-key'] },
    { region: asked.region, service: asked.service, signedAt: BigInt(asked['signed-at']) },
  );
  assert.equal(signed.signature, asked['expected-signature']);
  assert.equal(signer.signing, signing);
}

async function refuses() {
  await assert.rejects(deliver({ ...success, uniqueId: '' }, target), (error) => error.payload.tag === 'unique-id');
  await assert.rejects(deliver(success, target, { options: { dedline: 1 } }), /no such option: dedline/);
  const identity = async () => {
    throw new NoIdentity('there is nobody', { permanent: true });
  };
  const outcome = await deliver(success, target, { identity, options: { endpointUrl } });
  assert.equal(outcome.kind, 'credentials');
  assert.match(outcome.message, /there is nobody/);
  // What is nobody's error is not swallowed.
  await assert.rejects(deliver(success, target, { identity: () => { throw new RangeError('mine'); }, options: { endpointUrl } }), RangeError);
}

/** A server that does `what` with each connection, once it has read something. */
async function peer(what) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => what(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

async function fails(says, url) {
  const outcome = await deliver(success, target, { options: { endpointUrl: url, maxAttempts: 1, attemptTimeout: 1000, deadline: 20_000 } });
  assert.equal(outcome.kind, 'unreachable', outcome.message);
  assert.match(outcome.message, says);
}

async function tellsWhatIsInTheWay() {
  const gone = await peer(() => {});
  await new Promise((resolve) => gone.server.close(resolve));
  await fails(/no connection: ECONNREFUSED/, gone.url);
  await fails(/was not resolved/, 'http://nowhere.invalid');
  await fails(/broke/, (await peer((socket) => socket.destroy())).url);
  await fails(/no answer/, (await peer(() => {})).url);
  // The answer is there, whatever becomes of its body.
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 9999\r\nx-amzn-requestid: its-own\r\n\r\n<SignalResourceResponse>';
  for (const end of [() => {}, (socket) => socket.resetAndDestroy()]) {
    const partial = await peer((socket) => socket.write(head, () => setTimeout(end, 200, socket)));
    const begun = performance.now();
    const outcome = await deliver(success, target, { options: { endpointUrl: partial.url, maxAttempts: 1 } });
    assert.deepEqual([outcome.kind, outcome.requestId], ['delivered', 'its-own']);
    assert.ok(performance.now() - begun < 15_000, 'a body that does not end is waited for');
  }
}

async function delivers() {
  const pauses = [];
  const outcome = await deliver(success, target, { options: { endpointUrl, baseDelay: 10 }, onPause: (pause) => pauses.push(pause.reason) });
  assert.deepEqual([outcome.kind, outcome.attempts], ['delivered', 2], outcome.message);
  assert.deepEqual(pauses, ['AWS answered 400 Throttling: Rate exceeded']);
  const other = await deliver({ status: 'success', uniqueId: 'once', data: 'from Node' }, { tag: 'wait-handle', val: handle });
  assert.equal(other.kind, 'delivered', other.message);
}

async function deliversByTheClient() {
  const { client } = await import('cfn-signal-components/client');
  const { delivery, signaler } = await client(() => ({ tag: 'access-key', val: { id: env.AWS_ACCESS_KEY_ID, secret: env.AWS_SECRET_ACCESS_KEY } }));
  const options = new delivery.DeliveryOptions();
  options.setEndpointUrl(endpointUrl);
  const outcome = signaler.deliver(success, target, options);
  assert.deepEqual([outcome.kind, outcome.attempts], ['delivered', 2], outcome.message);
  const other = signaler.deliver({ status: 'success', uniqueId: 'once' }, { tag: 'wait-handle', val: handle }, options);
  assert.equal(other.kind, 'delivered', other.message);
}

for (const name of ['signer', 'client', 'client-p3']) {
  const file = import.meta.resolve(`cfn-signal-components/components/${name}.wasm`);
  assert.equal((await readFile(fileURLToPath(file))).subarray(0, 4).toString('latin1'), '\0asm');
}
if (how === 'client') await deliversByTheClient();
else for (const part of [signs, refuses, tellsWhatIsInTheWay, delivers]) await part();
