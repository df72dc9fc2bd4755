/** The version of the package. */
import { readFileSync } from 'node:fs';

/** The manifest is two directories up from both the sources and the built files. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}
