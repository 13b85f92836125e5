import type { Attempt, EndpointVariant, HttpResponse, Identity, IdentityRequest, Outcome, Pause, Signal, Target, TransportError as Case } from './signer/interfaces/cfn-signal-delivery.js';

export type { Attempt, EndpointVariant, HttpResponse, Identity, IdentityRequest, Outcome, Pause, Signal, Target };
export { signing } from './signer/signer.js';

/** How to deliver, where the defaults do not serve: times in milliseconds, of which the contract says more. */
export interface Options {
  /** From the first step to the last, waits included: 300,000. */
  deadline?: number;
  /** Of the deadline, what had passed before: 0. */
  spent?: number;
  /** Tries after which a failure that may last is final: no limit. */
  maxAttempts?: number;
  /** For one request, its connection included: 30,000. */
  attemptTimeout?: number;
  /** For a connection: 5,000. Fetch takes no such time: it is for a `send` of your own. */
  connectTimeout?: number;
  /** The least time from one try to the next: 1,000. */
  baseDelay?: number;
  /** The longest wait, unless the server asks for a longer one: 20,000. */
  maxDelay?: number;
  endpointVariant?: EndpointVariant;
  /** In place of the region's own endpoint. */
  endpointUrl?: string;
}

/** Why there is no identity. It is asked for again until the deadline, unless that is permanent. The text must hold no secret. */
export class NoIdentity extends Error {
  constructor(message: string, options?: { permanent?: boolean });
  readonly permanent: boolean;
}

/** Why a request brought no answer. What counts is whether it can have arrived. The text must not hold the URI. */
export class TransportError extends Error {
  constructor(kind: Case['tag'], message?: string);
  readonly kind: Case['tag'];
}

/** The access key of the environment's variables. */
export function environment(): Identity;

export interface Delivery {
  /** Whom to sign as; it throws `NoIdentity` where there is nobody. `environment` unless it is given; a wait handle needs none. */
  identity?: (request: IdentityRequest) => Identity | Promise<Identity>;
  options?: Options;
  /** Sends a request exactly as it stands, or throws `TransportError`. It uses `fetch` unless it is given. */
  send?: (attempt: Attempt) => Promise<HttpResponse>;
  /** Is told each wait before it begins, and what is in the way. */
  onPause?: (pause: Pause) => void;
}

/**
 * Delivers a signal, and resolves when it is known how that ended: at the latest when the deadline has passed. What is not what CloudFormation
 * takes is thrown as an error whose `payload` is a `PrepareError` of the contract's.
 */
export function deliver(signal: Signal, target: Target, delivery?: Delivery): Promise<Outcome>;
