/** `utils ntp status`: what the time service of this machine says, in the form of the original (admin.md 3). */
import { dateLine } from '../../date-line.ts';
import type { Machine } from '../machine.ts';
import type { Shell } from '../shell.ts';

export interface Peer {
  /** `*` selected, `+` combined, `-` or `x` left out, blank unused. */
  readonly mark: string;
  readonly remote: string;
  readonly refid: string;
  readonly stratum: number;
  /** Seconds since the last answer. */
  readonly when: number | null;
  /** Seconds. */
  readonly poll: number;
  /** Eight bits, the last answers; printed in octal. */
  readonly reach: number;
  /** ms. */
  readonly delay: number | null;
  readonly offset: number;
  readonly jitter: number | null;
}

export interface TimeService {
  /** As it is told: `chronyd`, `ntpd`, `systemd-timesyncd`. */
  readonly name: string;
  readonly pid: number | null;
  readonly peers: readonly Peer[];
  readonly synchronised: boolean;
  readonly server: string;
  readonly stratum: number | null;
  /** ms; null: not said. */
  readonly correctWithin: number | null;
  /** Seconds; null: not said. */
  readonly poll: number | null;
}

/** Null: no time service answers on this machine. */
export async function timeService(machine: Machine): Promise<TimeService | null> {
  return (await chrony(machine)) ?? (await ntpd(machine)) ?? (await timesyncd(machine));
}

async function pidOf(machine: Machine, name: string): Promise<number | null> {
  const answer = await machine.program('pidof', [name]);
  const pid = Number(answer?.out.trim().split(/\s+/)[0]);
  return answer?.status === 0 && pid > 0 ? pid : null;
}

const number = (text: string | undefined): number => Number(text ?? '') || 0;

/** chrony, by its tables with commas. */
async function chrony(machine: Machine): Promise<TimeService | null> {
  const tracking = await machine.program('chronyc', ['-n', '-c', 'tracking']);
  if (tracking?.status !== 0) return null;
  const sources = await machine.program('chronyc', ['-n', '-c', 'sources']);
  return {
    ...chronyTracking(tracking.out),
    peers: chronySources(sources?.out ?? ''),
    name: 'chronyd',
    pid: await pidOf(machine, 'chronyd'),
  };
}

/** refid, name, stratum, reference time, system time, last offset, rms offset, frequency, residual, skew, root delay, root dispersion, interval, leap. */
export function chronyTracking(csv: string): Omit<TimeService, 'name' | 'pid' | 'peers'> {
  const cells = csv.trim().split(',');
  const [delay, dispersion] = [number(cells[10]), number(cells[11])];
  return {
    synchronised: cells[13] !== undefined && cells[13] !== 'Not synchronised',
    server: cells[1] ?? '',
    stratum: number(cells[2]),
    correctWithin: Math.ceil((delay / 2 + dispersion) * 1000),
    poll: Math.round(number(cells[12])),
  };
}

/** mode, state, name, stratum, poll (log2), reach (octal), last sample, offset, measured, error; seconds. */
export const chronySources = (csv: string): readonly Peer[] =>
  csv
    .trim()
    .split('\n')
    .flatMap((row) => {
      const cells = row.split(',');
      if (cells.length < 10) return [];
      return [
        {
          mark: cells[1] === '?' ? ' ' : (cells[1] ?? ' '),
          remote: cells[2] ?? '',
          refid: '-',
          stratum: number(cells[3]),
          when: number(cells[6]),
          poll: 2 ** number(cells[4]),
          reach: Number.parseInt(cells[5] ?? '0', 8) || 0,
          delay: null,
          offset: number(cells[7]) * 1000,
          jitter: number(cells[9]) * 1000,
        },
      ];
    });

async function ntpd(machine: Machine): Promise<TimeService | null> {
  const answer = await machine.program('ntpq', ['-pn']);
  if (answer?.status !== 0) return null;
  const peers = ntpPeers(answer.out);
  if (peers.length === 0) return null;
  const selected = peers.find(({ mark }) => mark === '*');
  const own = await machine.program('ntpq', ['-c', 'rv 0 stratum,rootdelay,rootdisp']);
  const value = (name: string): number => number(new RegExp(`${name}=([\\d.]+)`).exec(own?.out ?? '')?.[1]);
  return {
    name: 'ntpd',
    pid: await pidOf(machine, 'ntpd'),
    peers,
    synchronised: selected !== undefined,
    server: selected?.remote ?? '',
    stratum: value('stratum') || (selected === undefined ? null : selected.stratum + 1),
    correctWithin: own === null ? null : Math.ceil(value('rootdelay') / 2 + value('rootdisp')),
    poll: selected?.poll ?? null,
  };
}

/** The rows of `ntpq -pn`. */
export const ntpPeers = (table: string): readonly Peer[] =>
  table
    .split('\n')
    .slice(2)
    .flatMap((row) => {
      const cells = row.slice(1).trim().split(/\s+/);
      if (cells.length < 10) return [];
      return [
        {
          mark: row[0] ?? ' ',
          remote: cells[0] ?? '',
          refid: cells[1] ?? '',
          stratum: number(cells[2]),
          when: cells[4] === '-' ? null : number(cells[4]),
          poll: number(cells[5]),
          reach: Number.parseInt(cells[6] ?? '0', 8) || 0,
          delay: number(cells[7]),
          offset: number(cells[8]),
          jitter: number(cells[9]),
        },
      ];
    });

async function timesyncd(machine: Machine): Promise<TimeService | null> {
  const answer = await machine.program('timedatectl', ['show']);
  if (answer?.status !== 0) return null;
  const values = keyValues(answer.out);
  if (values.NTP !== 'yes') return null;
  const more = await machine.program('timedatectl', ['show-timesync']);
  const { ServerAddress = '', PollIntervalUSec = '', NTPMessage = '' } = keyValues(more?.out ?? '');
  const stratum = /Stratum=(\d+)/.exec(NTPMessage)?.[1];
  return {
    name: 'systemd-timesyncd',
    pid: await pidOf(machine, 'systemd-timesyncd'),
    peers: [],
    synchronised: values.NTPSynchronized === 'yes',
    server: ServerAddress,
    stratum: stratum === undefined ? null : Number(stratum) + 1,
    correctWithin: null,
    poll: seconds(PollIntervalUSec),
  };
}

const keyValues = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));

/** `34min 8s` of systemd. */
function seconds(text: string): number | null {
  const units = { h: 3600, min: 60, s: 1 } as const;
  const found = [...text.matchAll(/(\d+)(h|min|s)\b/g)];
  return found.length === 0
    ? null
    : found.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
}

const HEAD = '     remote           refid      st t when poll reach   delay   offset  jitter';

/** @param now wall ms */
export function ntpLines(service: TimeService | null, now: number, timeZone: string): readonly string[] {
  const times = [
    '',
    `Current time in UTC is : ${dateLine(now, 'UTC')}`,
    `Current time in ${timeZone} is : ${dateLine(now, timeZone)}`,
  ];
  if (service === null)
    return ['No time service (chronyd, ntpd, systemd-timesyncd) answers on this machine.', ...times];
  const { name, pid, peers, synchronised, server, stratum, correctWithin, poll } = service;
  return [
    `${name} (pid ${pid ?? 'unknown'}) is running...`,
    '',
    ...(peers.length > 0 ? [HEAD, '='.repeat(HEAD.length), ...peers.map(peerLine), ''] : []),
    ...(synchronised
      ? [
          `synchronised to NTP server (${server || 'unknown'}) at stratum ${stratum ?? 'unknown'}`,
          ...(correctWithin === null ? [] : [`   time correct to within ${correctWithin} ms`]),
        ]
      : ['unsynchronised']),
    ...(poll === null ? [] : [`   polling server every ${poll} s`]),
    ...times,
  ];
}

const peerLine = ({ mark, remote, refid, stratum, when, poll, reach, delay, offset, jitter }: Peer): string =>
  [
    `${mark}${remote.slice(0, 15).padEnd(15)}`,
    refid.slice(0, 15).padEnd(15),
    String(stratum).padStart(2),
    'u',
    String(when ?? '-').padStart(4),
    String(poll).padStart(4),
    reach.toString(8).padStart(5),
    (delay === null ? '-' : delay.toFixed(3)).padStart(7),
    offset.toFixed(3).padStart(8),
    (jitter === null ? '-' : jitter.toFixed(3)).padStart(7),
  ].join(' ');

export async function ntpStatus(_given: readonly string[], shell: Shell): Promise<number | undefined> {
  const service = await timeService(shell.machine);
  for (const line of ntpLines(service, shell.now(), shell.machine.timeZone)) shell.print(line);
  return service?.synchronised === true ? undefined : 1;
}
