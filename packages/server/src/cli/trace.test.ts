import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueOf } from '../messages/catalogue.ts';
import { EXIT } from './command.ts';
import { runCommand } from './poise.ts';
import type { Terminal } from './terminal.ts';

let dir: string;
let out: string;
let errors: string[];
let terminal: Terminal;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'poise-trace-'));
  out = '';
  errors = [];
  terminal = {
    env: {},
    cwd: dir,
    interactive: false,
    messages: await catalogueOf('en'),
    print: (line) => {
      out += `${line}\n`;
    },
    printError: (line) => void errors.push(line),
    write: (text) => {
      out += text;
    },
    ask: async () => null,
    askSecret: async () => null,
  };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const poise = (...words: string[]) => runCommand(['trace', ...words], terminal);

const DEBUG = [
  ['00:14:34', 0],
  ['00:15:04', 13230],
  ['00:15:34', 43230],
  ['00:16:04', 63231],
]
  .map(
    ([at, ms]) =>
      `2017.06.17 ${at} Session (id=f382a015) was last active ${ms} ms ago: 1001003@fin.example/desktop\n`,
  )
  .join('');
const INFO =
  '2017.06.17 00:16:04 Closing idle session (id=f382a015): 1001003@fin.example/desktop after being inactive for more than threshold value of 60\n';
const VERDICT = 'Verdict: client.stoppedPolling (proved)';

/** A zip as archivers write them, of these files. */
function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content as string);
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, rest, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}

async function tar(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('logs come from', () => {
  const file = (name: string, content: string | Buffer) => writeFileSync(join(dir, name), content);

  test('a folder, in the same order on every machine; links in it are not followed', async () => {
    mkdirSync(join(dir, 'case/openfire'), { recursive: true });
    file('case/openfire/debug.log', DEBUG);
    file('case/openfire/info.log.gz', gzipSync(INFO));
    symlinkSync('/etc', join(dir, 'case/etc'));
    expect(await poise('why', '1001003', 'case')).toBe(EXIT.done);
    expect(out).toContain(VERDICT);
    expect(out).toContain('case/openfire/debug.log:4');
    expect(out).toContain('case/openfire/info.log:1');
    expect(out).not.toContain('etc/');
    const first = out;
    out = '';
    await poise('why', '1001003', 'case');
    expect(out).toBe(first);
  });

  test('a zip, and archives within archives', async () => {
    file(
      'a.zip',
      zip({ 'openfire/debug.log': DEBUG, 'inner.tar': await tar({ 'info.zip': zip({ 'info.log': INFO }) }) }),
    );
    expect(await poise('why', '1001003', 'a.zip')).toBe(EXIT.done);
    expect(out).toContain(VERDICT);
    expect(out).toContain('a.zip!inner.tar!info.zip!info.log:1');
  });

  test('a tar that is packed with gzip', async () => {
    file('case.tgz', gzipSync(await tar({ 'debug.log': DEBUG, 'info.log': INFO })));
    expect(await poise('why', '1001003', 'case.tgz')).toBe(EXIT.done);
    expect(out).toContain(VERDICT);
  });

  test('a Fiddler archive: its sessions are read, tunnels and what is cut are told', async () => {
    const at = (second: string) => `2019-01-11T18:${second}.7830000-05:00`;
    const meta = (from: string, to: string | null) =>
      `<?xml version="1.0"?><Session SID="1"><SessionTimers ClientBeginRequest="${at(from)}" ClientDoneResponse="${to === null ? '0001-01-01T00:00:00' : at(to)}" /></Session>`;
    const poll = (rid: number) =>
      `POST https://fin1.example:7443/http-bind/ HTTP/1.1\r\nHost: fin1.example:7443\r\nContent-Length: 27\r\n\r\n<body rid="${rid}" sid="ab12"/>`;
    const info = (rid: number) =>
      `GET https://fin1.example:8445/finesse/api/SystemInfo?timestamponly&nocache=154725${rid} HTTP/1.1\r\nHost: fin1.example:8445\r\nAuthorization: Basic ${Buffer.from('47483648:secret99').toString('base64')}\r\n\r\n`;
    const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const event =
      '<body><message to="47483648@fin1.example"><event><items node="/finesse/api/User/47483648"><item/></items></event></message></body>';
    file(
      'case.saz',
      zip({
        '[Content_Types].xml': '<Types/>',
        '_index.htm': '<html></html>',
        'raw/01_c.txt': poll(11),
        'raw/01_m.xml': meta('56:54', '56:55'),
        'raw/01_s.txt': ok(event),
        'raw/02_c.txt': poll(12),
        'raw/02_m.xml': meta('56:55', null),
        'raw/02_s.txt': '',
        'raw/03_c.txt': info(1001001),
        'raw/03_s.txt': ok('<SystemInfo><status>IN_SERVICE</status></SystemInfo>'),
        'raw/03_m.xml': meta('58:00', '58:01'),
        'raw/04_c.txt': 'CONNECT fin1.example:7443 HTTP/1.0\r\n\r\n',
        'raw/04_m.xml': meta('58:02', null),
        'raw/05_c.txt': info(1001002).slice(0, -2),
        'other.log': 'nothing\n',
      }),
    );
    expect(await poise('why', '47483648', 'case.saz')).toBe(EXIT.done);
    expect(out).toContain('Verdict: client.networkCut (likely)');
    expect(out).toContain('case.saz!raw/02_c.txt:1');
    expect(out).toMatch(/case\.saz: 4 requests; 1 tunnels to port 7443 were not decrypted/);
    expect(out).not.toMatch(/secret99|c2VjcmV0/);
    expect(out).toContain('case.saz!other.log');
    expect(out).not.toContain('_index.htm');
  });

  test('hostile archives: what is wrong is named, the rest is used', async () => {
    const good = zip({ '../../evil.log': INFO, 'debug.log': DEBUG, 'info.log': INFO });
    file('a.zip', good);
    file('b.zip', good.subarray(0, good.length - 40));
    file('bomb.gz', gzipSync(Buffer.alloc(80 * 2 ** 20)));
    file('cut.gz', gzipSync(DEBUG).subarray(0, 60));
    expect(await poise('why', '1001003', 'a.zip', 'b.zip', 'bomb.gz', 'cut.gz')).toBe(EXIT.done);
    expect(out).toContain(VERDICT);
    expect(out).toMatch(/a\.zip!\.\.\/\.\.\/evil\.log: .*unsafe path/);
    expect(out).toMatch(/b\.zip: .*damaged archive/);
    expect(out).toMatch(/bomb: .*limit reached/);
    expect(out).toMatch(/cut: .*damaged archive/);
  });

  test('this server, where no path is given', async () => {
    mkdirSync(join(dir, 'here/logs'), { recursive: true });
    file('here/logs/debug.log', DEBUG);
    expect(await poise('overview', '--data', join(dir, 'here'), '--json')).toBe(EXIT.done);
    expect(JSON.parse(out).read.files).toHaveLength(1);
  });
});

test('what cannot be understood is told in a sentence', async () => {
  expect(await poise('why', '1001003', 'none.log')).toBe(EXIT.failed);
  expect(errors).toEqual(['There is no none.log.']);
  errors = [];
  expect(await poise('why', '1001003', '--at', 'yesterday')).toBe(EXIT.usage);
  expect(errors[0]).toMatch(/^yesterday is no time/);
  errors = [];
  expect(await poise('why', '1001003', '--zone', 'CET')).toBe(EXIT.usage);
  expect(errors[0]).toMatch(/^CET is no offset/);
});

test('--at and --zone choose the incident', async () => {
  writeFileSync(join(dir, 'a.log'), INFO + INFO.replace('06.17', '06.18').replace('00:16:04', '09:00:00'));
  await poise('why', '1001003', 'a.log', '--at', '2017-06-17 01:00', '--zone', '+05:30', '--json');
  expect(JSON.parse(out)).toMatchObject({ at: '2017-06-16T18:46:04.000Z', incidents: 2 });
  out = '';
  await poise('why', '1001003', 'a.log', '--at', '08:59', '--zone', '+05:30', '--json');
  expect(JSON.parse(out)).toMatchObject({ at: '2017-06-18T03:30:00.000Z' });
});

test('--html writes the report as one page; a place that cannot be written is told', async () => {
  writeFileSync(join(dir, 'a.log'), INFO);
  expect(await poise('why', '1001003', 'a.log', '--html', 'why.html')).toBe(EXIT.done);
  expect(readFileSync(join(dir, 'why.html'), 'utf8')).toContain('client.stoppedPolling (proved)');
  expect(out).toContain(VERDICT);
  expect(out).toContain('stands in why.html');
  out = '';
  await poise('overview', 'a.log', '--json', '--html', 'all.html');
  expect(JSON.parse(out).lost).toHaveLength(1);
  expect(readFileSync(join(dir, 'all.html'), 'utf8')).toContain('1001003');
  await poise('signin', '1001003', 'a.log', '--html', 'in.html');
  expect(readFileSync(join(dir, 'in.html'), 'utf8')).toContain('<html lang="en">');
  expect(await poise('why', '1001003', 'a.log', '--html', 'none/why.html')).toBe(EXIT.failed);
  expect(errors).toEqual(['none/why.html cannot be written (ENOENT).']);
});

test('speaks the language of the terminal', async () => {
  writeFileSync(join(dir, 'a.log'), INFO);
  terminal = { ...terminal, messages: await catalogueOf('fr') };
  await poise('why', '1001003', 'a.log');
  expect(out).toContain("Le client a cessé d'interroger");
});

test('the help of the tracer, of the group and of each command, says how to begin', async () => {
  for (const words of [['--help'], ['why', '--help'], ['signin', '--help'], ['overview', '--help']]) {
    out = '';
    expect(await poise(...words)).toBe(EXIT.done);
    expect(out).toContain('  poise trace overview case.tar.gz\n');
    expect(out).toContain('.saz');
    expect(out.split('Begin with the overview')).toHaveLength(2);
  }
});

test('a zip that was cut is named as damaged, and its members up to the cut are read', async () => {
  const noise = Array.from(
    { length: 4000 },
    (_, i) => `2017.06.17 00:20:00 line ${(i * 7919) % 10_007}`,
  ).join('\n');
  const whole = zip({
    'openfire/info.log': INFO,
    'openfire/debug.log': DEBUG,
    '../up.log': INFO,
    'z.log': noise,
  });
  const inCut = whole.subarray(0, whole.indexOf('z.log') + 2_000);
  writeFileSync(join(dir, 'case.zip'), inCut);
  expect(await poise('why', '1001003', 'case.zip')).toBe(EXIT.done);
  expect(out).toContain(VERDICT);
  expect(out).toContain('case.zip!openfire/debug.log:4');
  expect(out).toMatch(/case\.zip: .*damaged archive/);
  expect(out).toMatch(/up\.log: .*unsafe path/);
  expect(out).toMatch(/z\.log: \d+ lines/);
});

test('a zip without its end and with more heads than files may be is given up', async () => {
  const head = Buffer.alloc(31);
  head.write('PK\u0003\u0004', 'latin1');
  head.writeUInt16LE(1, 26);
  head.write('/', 30);
  writeFileSync(join(dir, 'heads.zip'), Buffer.concat(Array.from({ length: 60_000 }, () => head)));
  expect(await poise('overview', 'heads.zip')).toBe(EXIT.done);
  expect(out).toMatch(/heads\.zip: .*limit reached/);
});
