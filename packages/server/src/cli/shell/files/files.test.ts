/** The file commands over a folder of logs, beside it what nobody may see. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zipFile } from '../../../journal/zip-file.ts';
import { fakeShell } from '../fake-shell.ts';
import type { Shell } from '../shell.ts';
import { FILE_COMMANDS, pathsFrom } from './commands.ts';
import { linesOf } from './lines-of.ts';
import { LogTree, matchesPattern, segmentsOf } from './log-tree.ts';
import { footer, turned } from './pager.ts';
import { absoluteSpan, listedTime, relativeSpan, withCommas } from './times.ts';

let folder: string;
let logs: string;
const AT = new Date(2026, 0, 10, 8, 5, 9).getTime();

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'poise-shell-files-')));
  logs = join(folder, 'logs');
  write('desktop/logs/openfire/info.log', 'HTTP bind service started\nOpenfire stopped\n');
  write('desktop/logs/openfire/info.log.1', 'Openfire stopped\r\nlast without an end');
  write('desktop/logs/webservices/Desktop-webservices.log', 'x'.repeat(1234567));
  write('cti/cti-trace.log', Array.from({ length: 45 }, (_, at) => `line ${at + 1}\n`).join(''));
  writeFileSync(join(folder, 'secret.txt'), 'secret\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string, at = AT): void {
  mkdirSync(join(logs, path, '..'), { recursive: true });
  writeFileSync(join(logs, path), text);
  utimesSync(join(logs, path), at / 1000, at / 1000);
}

async function run(
  verb: string,
  given: readonly string[],
  parts: Partial<Shell> = {},
  answers: string[] = [],
) {
  const shell = fakeShell({ logs, cwd: folder, interactive: false, ...parts });
  shell.answers.push(...answers);
  const command = FILE_COMMANDS.find(({ words }) => words === `file ${verb}`);
  const status = await command?.run(given, shell);
  return { out: shell.out, questions: shell.questions, status };
}
const list = (...given: string[]) => run('list activelog', given);

describe('no path leaves the logs:', () => {
  test.each([
    '../secret.txt',
    '/desktop/../../secret.txt',
    'desktop\\..\\secret',
    'a\u0000b',
    `${'a/'.repeat(20)}b`,
  ])('%j', async (spec) => {
    for (const verb of ['list', 'view', 'dump', 'tail', 'delete', 'get'])
      await expect(run(`${verb} activelog`, [spec])).rejects.toThrow('is not below the logs');
    await expect(run('search activelog', [spec, 'x'])).rejects.toThrow('is not below the logs');
  });

  test('an absolute path is one below the logs', async () => {
    await expect(run('view activelog', [join(folder, 'secret.txt')])).rejects.toThrow('There is no file');
    expect((await list('/etc')).out).toEqual(['dir count = 0, file count = 0']);
    expect((await list('/var/log/active/cti')).out[0]).toBe('cti-trace.log');
  });

  test('a symbolic link is not there, neither to a file nor to a folder', async () => {
    symlinkSync(join(folder, 'secret.txt'), join(logs, 'cti/link.log'));
    symlinkSync(folder, join(logs, 'out'));
    expect((await list('cti')).out).toEqual(['cti-trace.log', 'dir count = 0, file count = 1']);
    expect((await list('out')).out).toEqual(['dir count = 0, file count = 0']);
    expect((await list('out/*')).out).toEqual(['dir count = 0, file count = 0']);
    for (const spec of ['cti/link.log', 'out/secret.txt', 'o*/secret.txt'])
      await expect(run('view activelog', [spec])).rejects.toThrow('There is no file');
    expect((await run('delete activelog', ['out/secret.txt', 'noconfirm'])).out).toEqual([
      'files: found = 0, deleted = 0',
    ]);
    expect(pathsFrom({ logs }, 'out/')).not.toContain('out/secret.txt');
    expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toBe('secret\n');
  });

  test('a folder that became a link since it was looked at is not gone into', async () => {
    const tree = new LogTree(logs);
    symlinkSync(folder, join(logs, 'out'));
    symlinkSync(join(folder, 'secret.txt'), join(logs, 'cti/link.log'));
    await expect(tree.open('out/secret.txt')).rejects.toThrow('is not below the logs');
    await expect(tree.open('cti/link.log')).rejects.toThrow('There is no file');
    await expect(tree.absolute('out/secret.txt')).rejects.toThrow('is not below the logs');
  });
});

describe('file list', () => {
  test('prints names, or time, size and name; the counts last', async () => {
    expect((await list('/desktop/logs')).out).toEqual([
      '<dir>   openfire',
      '<dir>   webservices',
      'dir count = 2, file count = 0',
    ]);
    expect((await list('desktop/logs/webservices', 'detail')).out).toEqual([
      '10 Jan,2026 08:05:09        1,234,567  Desktop-webservices.log',
      'dir count = 0, file count = 1',
    ]);
  });

  test('knows wildcards, also where there is nothing', async () => {
    expect((await list('/desktop/logs/openfire/*.hprof')).out).toEqual(['dir count = 0, file count = 0']);
    expect((await list('desktop/*/open*/info.log*')).out).toEqual([
      'info.log',
      'info.log.1',
      'dir count = 0, file count = 2',
    ]);
  });

  test('sorts by date or size, and the other way round', async () => {
    write('a/old.log', '123', AT - 5000);
    write('a/young.log', '1', AT + 5000);
    expect((await list('a', 'date')).out[0]).toBe('old.log');
    expect((await list('a', 'size')).out[0]).toBe('young.log');
    expect((await list('a', 'size', 'reverse')).out[0]).toBe('old.log');
    await expect(list('a', 'nonsense')).rejects.toThrow('"nonsense" is no option');
  });

  test('of the other roots is told not to be here', async () => {
    await expect(run('list install', [])).rejects.toThrow('There is no install here');
    await expect(run('dump install', ['system-history.log'])).rejects.toThrow('There is no install here');
  });
});

describe('file search', () => {
  test('names the file before each line when there are several', async () => {
    expect((await run('search activelog', ['/desktop/logs/openfire', 'Openfire stopped'])).out).toEqual([
      'Searching path: /var/log/active/desktop/logs/openfire',
      '/var/log/active/desktop/logs/openfire/info.log:Openfire stopped',
      '/var/log/active/desktop/logs/openfire/info.log.1:Openfire stopped',
      'Search completed',
    ]);
  });

  test('names a single file once, on top', async () => {
    const { out } = await run('search activelog', [
      'desktop/logs/openfire/info.log',
      'http bind',
      'ignorecase',
    ]);
    expect(out).toEqual([
      'Searching path: /var/log/active/desktop/logs/openfire/info.log',
      'Searching file: /var/log/active/desktop/logs/openfire/info.log',
      'HTTP bind service started',
      'Search completed',
    ]);
  });

  test('looks into rotated logs, which are packed; a damaged one hides nothing else', async () => {
    const spec = 'desktop/logs/openfire';
    write(`${spec}/info.log.2`, `${'before\n'.repeat(100_000)}Openfire stopped long ago\n`);
    await zipFile(join(logs, spec, 'info.log.2'), 0o600);
    write(`${spec}/info.log.3.zip`, 'PK no zip');
    const { out } = await run('search activelog', [spec, 'Openfire stopped']);
    expect(out.slice(1)).toEqual([
      '/var/log/active/desktop/logs/openfire/info.log:Openfire stopped',
      '/var/log/active/desktop/logs/openfire/info.log.1:Openfire stopped',
      '/var/log/active/desktop/logs/openfire/info.log.2.zip:Openfire stopped long ago',
      'Search completed',
    ]);
  });

  test('goes into folders, and looks at files of a time only, when told', async () => {
    write('desktop/old.log', 'Openfire stopped', AT - 3_600_000 * 5);
    const found = async (...more: string[]) =>
      (await run('search activelog', ['desktop', 'Openfire', ...more], { now: () => AT })).out.length - 2;
    // One file: its name stands on top.
    expect(await found()).toBe(2);
    expect(await found('recurs')).toBe(3);
    expect(await found('recurs', 'reltime', 'hours', '2')).toBe(2);
    expect(await found('recurs', 'abstime', '01:00:01/10/26', '04:00:01/10/26')).toBe(2);
  });
});

describe('file view', () => {
  test('shows pages of 20 lines with the footer, and goes where the keys say', async () => {
    const { out, questions } = await run('view activelog', ['cti/cti-trace.log'], { interactive: true }, [
      'n',
      'e',
      'p',
      'q',
    ]);
    expect(questions.map((question) => question.trim())).toEqual([
      footer(0, 20, 45),
      footer(20, 40, 45),
      footer(40, 45, 45),
      footer(20, 40, 45),
    ]);
    expect(questions[0]).toBe('options: q=quit, n=next, p=prev, b=begin, e=end (lines 1 - 20 of 45) : ');
    expect(out.slice(0, 20).at(-1)).toBe('line 20');
    expect(out.slice(40, 45)).toEqual(['line 41', 'line 42', 'line 43', 'line 44', 'line 45']);
    expect(out.at(-1)).toBe('line 40');
  });

  test('where nobody sits shows everything and asks nothing', async () => {
    const { out, questions } = await run('view activelog', ['cti/cti-trace.log']);
    expect([out.length, questions]).toEqual([45, []]);
  });

  test('takes one file', async () => {
    await expect(run('view activelog', ['desktop/logs/openfire/*'])).rejects.toThrow('takes one file; 2 fit');
    expect((await run('view activelog', ['desktop/logs/openfire/*.1'])).out).toEqual([
      'Openfire stopped',
      'last without an end',
    ]);
    await expect(run('view activelog', ['desktop'])).rejects.toThrow('There is no file');
  });

  test('ends after the last page and stays on a key that means nothing', () => {
    expect([
      turned('n', 40, 45),
      turned('x', 20, 45),
      turned('b', 40, 45),
      turned('e', 0, 40),
      turned('', 0, 20),
    ]).toEqual([null, 20, 0, 20, null]);
  });
});

describe('file tail and file dump', () => {
  test('show the last lines, and all', async () => {
    expect((await run('tail activelog', ['cti/cti-trace.log'])).out).toHaveLength(10);
    expect((await run('tail activelog', ['cti/cti-trace.log', '2'])).out).toEqual(['line 44', 'line 45']);
    expect((await run('dump activelog', ['cti/cti-trace.log'])).out).toHaveLength(45);
    expect((await run('dump activelog', ['cti/cti-trace.log', '5$'])).out).toEqual([
      'line 5',
      'line 15',
      'line 25',
      'line 35',
      'line 45',
    ]);
    expect((await run('dump activelog', ['desktop/logs/openfire/info.log', 'hex'])).out[0]).toBe(
      '00000000  48 54 54 50 20 62 69 6e 64 20 73 65 72 76 69 63  |HTTP bind servic|',
    );
  });

  test('recent takes the newest file', async () => {
    write('cti/newer.log', 'new\n', AT + 9000);
    expect((await run('tail activelog', ['cti/*', 'recent'])).out).toEqual(['new']);
  });
});

describe('file get', () => {
  const get = (given: readonly string[], answers: string[]) => run('get activelog', given, {}, answers);

  test('says what it is about, asks, and writes an archive into the directory', async () => {
    const { out, questions, status } = await get(['desktop', 'recurs', 'compress'], ['y', '', '.']);
    expect(out.slice(0, 5)).toEqual([
      'Please wait while the system is gathering files info ...done.',
      'Sub-directories were traversed.',
      'Number of files affected: 3',
      'Total size in Bytes: 1234647',
      'Total size in Kbytes: 1205.709961',
    ]);
    expect(questions).toEqual([
      'Would you like to proceed [y/n]? ',
      'SFTP server IP: ',
      'Download directory: ',
    ]);
    expect(out).toContain('Transfer completed.');
    expect(status).toBeUndefined();
    const path = (out.at(-1) as string).replace('Downloaded file: ', '');
    expect(path).toMatch(/\/fin1\.example\/[\d-]+_[\d-]+\/active_\d{13}\.tgz$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const entries = new Map<string, string>();
    const reader = extract();
    Readable.from([gunzipSync(readFileSync(path))]).pipe(reader);
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      entries.set(entry.header.name, Buffer.concat(chunks).toString());
    }
    expect([...entries.keys()]).toEqual([
      'desktop/logs/openfire/info.log',
      'desktop/logs/openfire/info.log.1',
      'desktop/logs/webservices/Desktop-webservices.log',
    ]);
    expect(entries.get('desktop/logs/openfire/info.log')).toBe(
      'HTTP bind service started\nOpenfire stopped\n',
    );
  });

  test('does nothing without a yes, a directory or a file', async () => {
    const before = readdirSync(folder);
    expect((await get(['desktop', 'recurs'], ['n'])).out.at(-1)).toBe('File transfer cancelled.');
    expect((await get(['desktop', 'recurs'], ['y'])).out.at(-1)).toBe('File transfer cancelled.');
    expect((await get(['desktop', 'recurs'], ['y', ''])).out.at(-1)).toBe('File transfer cancelled.');
    await expect(get(['desktop', 'recurs'], ['y', '', 'nowhere'])).rejects.toThrow('There is no directory');
    const nothing = await get(['/syslog/CiscoSyslog*', 'abstime', '00:00:06/17/17', '00:30:06/17/17'], ['y']);
    expect([nothing.out.at(-1), nothing.status]).toEqual(['No files matched filter criteria', 1]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('match takes names', async () => {
    const { out } = await get(['desktop', 'recurs', 'match', 'info.*1$'], ['n']);
    expect(out[2]).toBe('Number of files affected: 1');
  });
});

describe('file delete', () => {
  test('asks, deletes files and leaves folders', async () => {
    const ask = (...answers: string[]) => run('delete activelog', ['desktop/logs/openfire/*'], {}, answers);
    expect((await ask('n')).out).toEqual(['files: found = 2, deleted = 0']);
    expect((await ask()).out).toEqual(['files: found = 2, deleted = 0']);
    expect((await ask('yes')).out).toEqual(['files: found = 2, deleted = 2']);
    expect((await ask('y')).out).toEqual(['files: found = 0, deleted = 0']);
    expect((await run('delete activelog', ['cti/cti-trace.log', 'noconfirm'])).out).toEqual([
      'files: found = 1, deleted = 1',
    ]);
    expect(readdirSync(join(logs, 'desktop/logs')).sort()).toEqual(['openfire', 'webservices']);
  });
});

test('a line without end is cut, and so is nothing else', async () => {
  write('a/long.log', `${'y'.repeat(200_000)}\nnext\n`);
  const handle = await new LogTree(logs).open('a/long.log');
  const lines: string[] = [];
  for await (const some of linesOf(handle)) lines.push(...some);
  await handle.close();
  expect(lines[0]).toMatch(/^y{65536}… \(134464 characters more\)$/);
  expect(lines[1]).toBe('next');
});

test('patterns match in bounded time', () => {
  expect(matchesPattern('info.log', 'in*.l?g')).toBe(true);
  expect(matchesPattern('info.log', '*')).toBe(true);
  expect(matchesPattern('info.log', 'info')).toBe(false);
  expect(matchesPattern('a'.repeat(200), `${'*a'.repeat(100)}b`)).toBe(false);
  expect(segmentsOf('//desktop/./logs/')).toEqual(['desktop', 'logs']);
});

test('times are read and printed as the original has them', () => {
  expect(listedTime(AT)).toBe('10 Jan,2026 08:05:09');
  expect([withCommas(0), withCommas(999), withCommas(1234567)]).toEqual(['0', '999', '1,234,567']);
  expect(relativeSpan('days', '2', 1e12)).toEqual({ from: 1e12 - 172_800_000, to: 1e12 });
  expect(absoluteSpan('08:05:01/10/26', '08:05:1/10/2026')).toEqual({ from: AT - 9000, to: AT + 50_999 });
  for (const bad of [
    ['25:00:01/10/26', '08:05:01/10/26'],
    ['08:05:02/30/26', '09:05:03/10/26'],
    ['08:05:01/10/26', '08:04:01/10/26'],
    [],
  ])
    expect(() => absoluteSpan(bad[0], bad[1])).toThrow('abstime needs two times');
  expect(() => relativeSpan('fortnights', '2', 0)).toThrow('Units: minutes, hours, days, weeks, months');
});
