/** `poise import finesse`: takes over the configuration of a Finesse server, which is only read. */
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { resolve } from 'node:path';
import { type Element, parse, XmlError } from '@poise/xml';
import { applyTree, type Passwords, planFor, storedTree } from '../configuration-files/configure.ts';
import { DocumentError, writeTree } from '../configuration-files/document.ts';
import { type FinesseReader, readFinesse } from '../configuration-files/finesse.ts';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import { Store, storeOptions } from '../store/store.ts';
import { type Arguments, EXIT } from './command.ts';
import { plain, report, told } from './configuration-files.ts';
import { settingsFrom } from './settings-arguments.ts';
import { tellStored } from './tell-stored.ts';
import type { Terminal } from './terminal.ts';

const TIMEOUT_MS = 30_000;
/** 6,000 contacts of 600 bytes, and some air. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** Where the original serves its API. */
const HTTPS_PORT = '8445';

/** Where and as whom the other server is asked. */
interface Place {
  readonly base: URL;
  readonly authorization: string;
  /** Certificates to trust besides the usual ones; undefined: none. */
  readonly ca: string | undefined;
}

export async function importFinesse(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const user = given.value('user') as string;
  const base = baseOf(given.value('host') as string);
  const caFile = given.value('ca');
  const ca = caFile === undefined ? undefined : await certificates(resolve(terminal.cwd, caFile));
  const password = await terminal.askSecret(
    say(terminal.messages, 'import.password', { user, host: base.host }),
  );
  const authorization = `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  const isTrial = given.flags.has('dry-run');
  const store = await Store.open(storeOptions(settings));
  try {
    const current = await storedTree(store);
    const { tree, omissions, joined } = await readFinesse(
      readerOf({ base, authorization, ca }),
      current,
      settings.deployment,
    );
    for (const { section, key, reason } of omissions)
      terminal.printError(
        say(terminal.messages, 'import.omitted', { what: plain(`${section} ${key}`), reason }),
      );
    for (const { section, key } of joined)
      terminal.printError(say(terminal.messages, 'import.joined', { what: plain(`${section} ${key}`) }));
    const out = given.value('out');
    if (out !== undefined) {
      await writeFile(resolve(terminal.cwd, out), writeTree({ ...current, ...tree } as typeof current), {
        mode: 0o600,
      });
      return EXIT.done;
    }
    // The other server tells no passwords: users are given theirs here.
    const passwords: Passwords = {
      read: () => Promise.reject(new Error('there are none')),
      iterations: settings.accounts.iterations,
      now: Date.now,
    };
    const outcome = await (isTrial ? planFor : applyTree)(store, tree, passwords);
    if (!isTrial) await tellStored(settings.data);
    report(outcome, isTrial, given.flags.has('json'), terminal);
    return EXIT.done;
  } catch (error) {
    if (error instanceof DocumentError)
      throw new PlainError(phrase('import.unfit', { reason: error.message }), { cause: error });
    throw told(error);
  } finally {
    await store.close();
  }
}

/** `finesse.example`, `finesse.example:8445`, or a whole address. */
function baseOf(host: string): URL {
  try {
    const url = new URL(/^https?:\/\//i.test(host) ? host : `https://${host}`);
    if (url.protocol === 'https:' && url.port === '' && !/:443\/?$/.test(host)) url.port = HTTPS_PORT;
    url.pathname = '/finesse/api/';
    return url;
  } catch (error) {
    throw new PlainError(phrase('import.host', { host }), { cause: error });
  }
}

async function certificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PlainError(phrase('configFile.read', { file }), { cause: error });
  }
}

const readerOf =
  (place: Place): FinesseReader =>
  async (path) => {
    const url = new URL(path, place.base);
    const { status, body } = await get(url, place);
    if (status === 404) return null;
    if (status === 401) throw new PlainError(phrase('import.refused', { host: url.host }));
    if (status === 403)
      throw new PlainError(phrase('import.notAllowed', { host: url.host, path: url.pathname }));
    if (status !== 200) throw new PlainError(phrase('import.status', { path: url.pathname, status }));
    return element(body, url);
  };

function element(body: Buffer, url: URL): Element {
  try {
    return parse(body, {
      bytesMax: ANSWER_BYTES_MAX,
      textLengthMax: ANSWER_BYTES_MAX,
      depthMax: 24,
      comments: 'skip',
      declaration: 'allow',
    });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new PlainError(phrase('import.answer', { path: url.pathname, reason: error.message }), {
      cause: error,
    });
  }
}

function get(url: URL, { authorization, ca }: Place): Promise<{ status: number; body: Buffer }> {
  const failed = (why: string) => new PlainError(phrase('import.unreachable', { host: url.host, why }));
  return new Promise((done, fail) => {
    const answered = (answer: IncomingMessage) => {
      const parts: Buffer[] = [];
      let length = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length > ANSWER_BYTES_MAX) asked.destroy(new Error('the answer is too long'));
      });
      answer.on('error', (error) => fail(failed(error.message)));
      answer.on('end', () => done({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }));
    };
    const options = {
      headers: { authorization, accept: 'application/xml' },
      agent: false as const,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const asked =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...(ca !== undefined && { ca }) }, answered)
        : httpRequest(url, options, answered);
    asked.on('error', (error) => fail(failed(error.message)));
    asked.end();
  });
}
