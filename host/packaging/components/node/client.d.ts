import type { get } from './client/interfaces/cfn-signal-credentials.js';
import type { Root } from './client/client.js';

/**
 * An instance of the client, whose credentials are `get`'s: it answers at once, and throws a `CredentialsError` of the contract's where there is
 * nobody to sign as. Its `signaler.deliver` blocks the thread until it is known how the signal ended.
 * It needs the package `@bytecodealliance/preview2-shim`.
 */
export function client(credentials: typeof get): Promise<Root>;
