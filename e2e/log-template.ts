/** Log lines as templates: the words as they must stand, and names in «…» for what is free. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What may stand for times, ids, hosts and counters. */
const FREE: Readonly<Record<string, string>> = {
  n: '\\d+',
  counter: '\\d{10}',
  ms: '\\d{13}',
  hex: '[0-9a-f]+',
  sid: '[0-9a-f]{8,}',
  ip: '\\d+\\.\\d+\\.\\d+\\.\\d+',
  host: '[A-Za-z0-9.-]+',
  random5: '[A-Za-z0-9]{5}',
  random15: '[A-Za-z0-9]{15}',
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  clock: '\\d\\d:\\d\\d:\\d\\d\\.\\d{3}',
  second: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ',
  millisecond: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  'bytes or -': '(?:\\d+|-)',
  webservices: '[A-Z][a-z]{2} \\d\\d \\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [+-]\\d{4}',
  openfire: '\\d{4}\\.\\d\\d\\.\\d\\d \\d\\d:\\d\\d:\\d\\d',
};

/** A template as an expression that a whole entry must match. */
export function template(text: string): RegExp {
  const source = text.split(/«([^»]*)»/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const free = FREE[part];
    if (free === undefined) throw new Error(`nothing is known of «${part}»`);
    return free;
  });
  return new RegExp(`^${source.join('')}$`);
}

/** The entry that has most of its beginning, or else of its words, in common with a template: for messages of failures. */
export function nearest(entries: readonly string[], text: string): string {
  const words = text.split(/[«»\s[\]=:,]+/).filter((word) => word.length > 3);
  let best = '';
  let most = -1;
  for (const entry of entries) {
    const score = words.reduce((sum, word) => sum + (entry.includes(word) ? 1 : 0), 0);
    if (score > most) [best, most] = [entry, score];
  }
  return best;
}

/** Every file below a folder: path relative to it, with its mode. */
export function filesBelow(folder: string, below = ''): { path: string; mode: number; directory: boolean }[] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = join(below, name);
    const found = statSync(join(folder, path));
    const own = { path, mode: found.mode & 0o777, directory: found.isDirectory() };
    return found.isDirectory() ? [own, ...filesBelow(folder, path)] : [own];
  });
}

/** The logs of a stopped server, by family. */
export class Logs {
  readonly #folder: string;

  constructor(data: string) {
    this.#folder = join(data, 'logs');
  }

  /** Entries of the one file whose path matches, in order; entries of the notification service may have several lines. */
  entries(path: RegExp): string[] {
    const found = filesBelow(this.#folder).filter((file) => !file.directory && path.test(file.path));
    if (found.length !== 1) throw new Error(`${found.length} files match ${path}`);
    const text = readFileSync(join(this.#folder, found[0]!.path), 'utf8');
    const ends = /openfire/.test(found[0]!.path) ? /\n(?=\d{4}\.\d\d\.\d\d |$)/ : '\n';
    const entries = text.split(ends);
    if (entries.pop() !== '') throw new Error(`${found[0]!.path} does not end with a line feed`);
    return entries;
  }

  get webservices(): string[] {
    return this.entries(/webservices\/Desktop-webservices\.[\dT.-]+(?:\.startup)?\.log$/);
  }

  get access(): string[] {
    return this.entries(/^finesse\/logs\/localhost_access_log\.[\d-]+\.txt$/);
  }

  get debug(): string[] {
    return this.entries(/openfire\/debug\.log$/);
  }

  get info(): string[] {
    return this.entries(/openfire\/info\.log$/);
  }

  get ctiTrace(): string[] {
    return this.entries(/^cti\/cti-trace\.log$/);
  }

  /** All files with their content. */
  all(): { path: string; mode: number; directory: boolean; text: string }[] {
    return filesBelow(this.#folder).map((file) => ({
      ...file,
      text: file.directory ? '' : readFileSync(join(this.#folder, file.path), 'utf8'),
    }));
  }
}
