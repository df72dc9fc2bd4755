/**
 * `GET /desktop/api/languages` and `/desktop/api/resourceUrls`: what the desktop speaks, and the files of gadgets on this server, in
 * JSON, without credentials (rest-api.md 9; developer guide 15.0, Languages List and Resource URLs).
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyPluginCallback } from 'fastify';

/** As its own catalogues (`desktop/messages/languages.ts`). */
export const DESKTOP_LANGUAGES = [
  { locale: 'de_DE', displayName: 'Deutsch' },
  { locale: 'en_US', displayName: 'English' },
  { locale: 'fr_FR', displayName: 'Français' },
] as const;

const RESOURCE_URLS_MAX = 10_000;
const DEPTH_MAX = 16;
const ROOT = '/3rdpartygadget/files';

export interface DesktopInterfaceDependencies {
  /** <data>/3rdpartygadget/files */
  readonly gadgetFilesDir: string;
}

export const desktopInterfacePlugin =
  ({ gadgetFilesDir }: DesktopInterfaceDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));
    app.get('/languages', () => ({ Language: DESKTOP_LANGUAGES }));
    app.get('/resourceUrls', async (_request, reply) => {
      const urls: string[] = [];
      await collect(gadgetFilesDir, ROOT, urls, 0);
      return reply.send(urls.sort());
    });
    done();
  };

/** Files as they are named, not escaped: so the original prints them. What cannot be read is left out. */
async function collect(directory: string, url: string, urls: string[], depth: number): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    if (urls.length >= RESOURCE_URLS_MAX) return;
    // Hidden files are not served either, and links may lead out.
    if (entry.name.startsWith('.')) continue;
    if (entry.isFile()) urls.push(`${url}/${entry.name}`);
    else if (entry.isDirectory() && depth < DEPTH_MAX)
      await collect(join(directory, entry.name), `${url}/${entry.name}`, urls, depth + 1);
  }
}
