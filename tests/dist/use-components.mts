// What a program in TypeScript says, against the types that are in the package. It is not run.
import { NoIdentity, TransportError, deliver, environment, signing, type Outcome } from 'cfn-signal-components';
import { client } from 'cfn-signal-components/client';
import { delivery } from 'cfn-signal-components/signer';

const outcome: Outcome = await deliver(
  { status: 'failure', uniqueId: 'i-1', reason: 'no disk' },
  { tag: 'stack-resource', val: { stack: 'web', logicalId: 'Server', region: 'eu-west-1' } },
  {
    identity: async (request) => {
      if (request.freshness === 'renewed') throw new NoIdentity('none', { permanent: true });
      return environment();
    },
    options: { deadline: 1000, endpointVariant: { fips: true } },
    send: async ({ request, timeout }) => {
      if (timeout < 1) throw new TransportError('reset');
      return { statusCode: 200, headers: request.headers, body: new Uint8Array() };
    },
    onPause: ({ reason, remaining }) => console.log(reason, remaining),
  },
);
console.log(outcome.kind satisfies string, outcome.attempts satisfies number, new signing.Signer(), new delivery.DeliveryOptions());
const { signaler } = await client(() => ({ tag: 'instance-document', val: { document: '', signature: '' } }));
console.log(signaler.deliver);

// @ts-expect-error: it is no state of a resource
await deliver({ status: 'perhaps', uniqueId: 'i-1' }, { tag: 'wait-handle', val: 'https://…' });
// @ts-expect-error: it is no option
await deliver({ status: 'success', uniqueId: 'i-1' }, { tag: 'wait-handle', val: 'https://…' }, { options: { dedline: 1 } });
