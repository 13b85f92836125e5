// Sends requests with fetch, and says what became of them as the component has to know it.

/** Why a request brought no answer. What counts is whether it can have arrived; the text must not hold the URI. */
export class TransportError extends Error {
  name = 'TransportError';

  constructor(kind, message = kind) {
    super(message);
    this.kind = kind;
  }
}

const DNS = ['ENOTFOUND', 'EAI_AGAIN'];
const REFUSED = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'];
const RESET = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
// No other try can change these. A certificate that is not valid yet, or no longer, is so where the clock is wrong, too.
const CERTIFICATE = [
  'CERT_REVOKED', 'CERT_UNTRUSTED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'INVALID_CA', 'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];
// What of a body is worth reading, and how long after its head: of a success, of anything else.
const BODY = 65536;
const BODY_TIME = [2000, 5000];

function failure({ name, cause }) {
  // Several addresses were tried, and each has its own.
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? name;
  if (code === 'TimeoutError') return new TransportError('timeout');
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return new TransportError('connect-timeout');
  if (DNS.includes(code)) return new TransportError('dns', code);
  if (REFUSED.includes(code)) return new TransportError('refused', code);
  if (RESET.includes(code)) return new TransportError('reset', code);
  if (CERTIFICATE.includes(code)) return new TransportError('certificate', code);
  return new TransportError(/CERT|SSL|TLS/.test(code) ? 'tls' : 'other', code);
}

/** A body that breaks off or does not end is no failure: the answer is there. */
async function beginning(answer, time) {
  const reader = answer.body?.getReader();
  if (!reader) return new Uint8Array();
  const parts = [];
  let size = 0;
  const timer = setTimeout(() => reader.cancel().catch(() => {}), time);
  try {
    while (size < BODY) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
    }
  } catch {
    // What came of it is what there is.
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.subarray(0, BODY);
}

/** Sends one request. `fetch` adds `host`, `content-length` and what is in nobody's way; no GET may have a body; redirects are answers. */
export async function send({ request: { method, uri, headers, body }, timeout }) {
  const more = { body: body.length > 0 ? new Uint8Array(body) : undefined, redirect: 'manual' };
  let answer;
  try {
    answer = await fetch(uri, { method, headers, signal: AbortSignal.timeout(timeout), ...more });
  } catch (error) {
    throw failure(error);
  }
  return { statusCode: answer.status, headers: [...answer.headers], body: await beginning(answer, BODY_TIME[answer.ok ? 0 : 1]) };
}
