/** The keys with which the provider signs (RFC 7517), as they were when it was last reached. */
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

/**
 * Keys from `url`: asked for when the first token is verified, again when they are ten minutes old, and when a token names one that is not among them.
 * While the provider cannot be reached, those that were known go on: tokens that it has signed are good until they end, also at the node to which an
 * agent moves, and a provider that is down in the middle of a shift stops nobody who is at work.
 *
 * @param timeoutMs for the provider's answer
 * @throws Error when there are none, or none that the token names, and the provider cannot be asked
 */
export function providerKeys(url: URL, timeoutMs: number): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { timeoutDuration: timeoutMs });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      const known = remote.jwks();
      // It was reached, and says itself that there is no such key.
      if (known === undefined || isOfTheKeys(error)) throw error;
      // Unknown is not refused: the provider may have made the key meanwhile.
      return createLocalJWKSet(known)(header, token).catch(() => Promise.reject(error));
    }
  };
}

const isOfTheKeys = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
