/** What the shell asks the operating system: programs, files outside the data directory, figures. The only place here that does. */
import { execFile } from 'node:child_process';
import { lookup, reverse } from 'node:dns/promises';
import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import { cpus, freemem, hostname, loadavg, release, totalmem, uptime, userInfo, version } from 'node:os';

export interface ProgramAnswer {
  readonly status: number;
  readonly out: string;
}

/** One listening socket. */
export interface OpenPort {
  readonly process: string;
  readonly pid: number;
  readonly user: string;
  /** Number of the file descriptor. */
  readonly fd: number;
  readonly family: 'IPv4' | 'IPv6';
  /** Inode. */
  readonly device: string;
  readonly address: string;
  readonly port: number;
}

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  /** Wall ms. */
  readonly changedAt: number;
}

export interface Machine {
  readonly hostname: string;
  readonly account: string;
  readonly kernel: string;
  readonly timeZone: string;
  /** Seconds. */
  uptime(): number;
  loads(): readonly number[];
  /** Microseconds of work and of all, summed over the processors. */
  processorTimes(): {
    readonly user: number;
    readonly system: number;
    readonly idle: number;
    readonly all: number;
  };
  /** Bytes. */
  memory(): { readonly total: number; readonly free: number };
  /** Bytes of the file system that holds the path; undefined: unknown. */
  disk(path: string): { readonly total: number; readonly free: number } | undefined;
  /** Null: there is no such program, or it did not answer in time. */
  program(name: string, given: readonly string[]): Promise<ProgramAnswer | null>;
  /** Null: it cannot be read. */
  text(path: string): string | null;
  files(directory: string): readonly FoundFile[];
  linkTarget(path: string): string | null;
  /** Null: this system has no table that can be read. */
  openPorts(): readonly OpenPort[] | null;
  address(name: string): Promise<string | null>;
  names(address: string): Promise<readonly string[]>;
}

const PROGRAM_MS = 5_000;

/** The time zone of this name; UTC where a date cannot be told in it, as in the `Etc/Unknown` of a TZ that is empty or unknown. */
export function usableTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

export const thisMachine = (): Machine => ({
  hostname: hostname(),
  account: attempt(() => userInfo().username) ?? '',
  kernel: `${release()} ${version()}`,
  timeZone: usableTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone),
  uptime,
  loads: loadavg,
  processorTimes() {
    const sum = { user: 0, system: 0, idle: 0, all: 0 };
    for (const { times } of cpus()) {
      sum.user += times.user + times.nice;
      sum.system += times.sys + times.irq;
      sum.idle += times.idle;
    }
    sum.all = sum.user + sum.system + sum.idle;
    return sum;
  },
  memory: () => ({ total: totalmem(), free: freemem() }),
  disk: (path) =>
    attempt(() => {
      const { blocks, bavail, bsize } = statfsSync(path);
      return { total: blocks * bsize, free: bavail * bsize };
    }) ?? undefined,
  program: (name, given) =>
    new Promise((resolve) => {
      execFile(
        name,
        [...given],
        { timeout: PROGRAM_MS, maxBuffer: 1_000_000, env: { ...process.env, LC_ALL: 'C' } },
        (error, out) => {
          const code = (error as { code?: unknown } | null)?.code;
          if (error === null) resolve({ status: 0, out });
          else resolve(typeof code === 'number' ? { status: code, out } : null);
        },
      );
    }),
  text: (path) => attempt(() => readFileSync(path, 'utf8')),
  files: (directory) =>
    (attempt(() => readdirSync(directory)) ?? []).flatMap((name) => {
      const path = `${directory}/${name}`;
      const found = attempt(() => statSync(path));
      return found?.isFile() ? [{ path, bytes: found.size, changedAt: found.mtimeMs }] : [];
    }),
  linkTarget: (path) => attempt(() => readlinkSync(path)),
  openPorts,
  address: async (name) => (await lookup(name).catch(() => null))?.address ?? null,
  names: (address) => reverse(address).catch(() => []),
});

/** Sockets that listen, from the tables of Linux, with the processes that this account may look at. */
function openPorts(): readonly OpenPort[] | null {
  const sockets = [
    ...listening(
      attempt(() => readFileSync('/proc/net/tcp', 'utf8')),
      'IPv4',
    ),
    ...listening(
      attempt(() => readFileSync('/proc/net/tcp6', 'utf8')),
      'IPv6',
    ),
  ];
  const processes = attempt(() => readdirSync('/proc'));
  if (processes === null || sockets.length === 0) return processes === null ? null : [];
  const holders = new Map<string, Pick<OpenPort, 'process' | 'pid' | 'fd'>>();
  for (const pid of processes.filter((name) => /^\d+$/.test(name)))
    for (const fd of attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const inode = /^socket:\[(\d+)\]$/.exec(
        attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '',
      )?.[1];
      if (inode === undefined || holders.has(inode)) continue;
      const process = (attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8')) ?? '').trim();
      holders.set(inode, { process, pid: Number(pid), fd: Number(fd) });
    }
  return sockets.map(({ inode, uid, ...socket }) => ({
    ...(holders.get(inode) ?? { process: '-', pid: 0, fd: 0 }),
    ...socket,
    user: uid === process.getuid?.() ? userInfo().username : String(uid),
    device: inode,
  }));
}

interface Socket extends Pick<OpenPort, 'family' | 'address' | 'port'> {
  readonly inode: string;
  readonly uid: number;
}

/** Rows of `/proc/net/tcp` or `tcp6` in the state LISTEN (0A). */
export function listening(table: string | null, family: OpenPort['family']): readonly Socket[] {
  return (table ?? '')
    .split('\n')
    .slice(1)
    .flatMap((row) => {
      const cells = row.trim().split(/\s+/);
      const [address, port] = (cells[1] ?? '').split(':');
      if (cells[3] !== '0A' || address === undefined || port === undefined) return [];
      return [
        {
          family,
          address: addressOf(address),
          port: Number.parseInt(port, 16),
          uid: Number(cells[7]),
          inode: cells[9] ?? '',
        },
      ];
    });
}

/** An address as the kernel prints it: words of 32 bits in the order of this machine. `*` is every one. */
function addressOf(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  if (hex === '00000000000000000000000001000000') return '[::1]';
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] as number) << 8) | (bytes[at * 2 + 1] as number)).toString(16),
  );
  return `[${groups.join(':')}]`;
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
