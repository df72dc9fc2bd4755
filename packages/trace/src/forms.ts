/**
 * How entries of each family begin, as tables. *Dated* forms begin a line with a time; *bare* forms are what is
 * left of them in excerpts and copies, which have lost prefixes, were wrapped, and put several entries on one line.
 */
import type { Family } from './entry.ts';
import {
  CISCO_TIME,
  ciscoTime,
  clockTime,
  inYearNear,
  LOCAL_TIME,
  localTime,
  NUMERIC_TIME,
  numericTime,
  type WallTime,
  yearlessTime,
} from './times.ts';

type Found = RegExpExecArray;

/** Time zones lie no further apart than this, ms. */
const ZONES_APART_MS = 26 * 3_600_000;
/** They differ by a multiple of this, ms. */
const ZONE_STEP_MS = 15 * 60_000;

/**
 * Day, zone and fraction are those of the program, which may run on another machine; the clock is that of the machine which wrote the
 * line's beginning, and its other logs.
 */
function syslogTime(full: WallTime | null, line: string): WallTime | null {
  const found = /([A-Z][a-z]{2}) ([ \d]?\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(line);
  const short = found && yearlessTime(found[1], found[2], found[3]);
  if (full === null || short === null) return full ?? short;
  const apart = inYearNear(short, full.wall) - full.wall;
  if (Math.abs(apart) > ZONES_APART_MS) return short;
  const wrong = apart - Math.round(apart / ZONE_STEP_MS) * ZONE_STEP_MS;
  // The beginning has whole seconds only.
  return Math.abs(wrong) < 1_000 ? full : { ...full, wall: full.wall + wrong };
}

interface DatedForm {
  readonly family: Family;
  readonly pattern: RegExp;
  readonly time: (found: Found) => WallTime | null;
}

const cisco = CISCO_TIME.source;
const numeric = NUMERIC_TIME.source;
/** What the original's page writes while it does not know the server's time. */
const UNKNOWN_TIME = '--- -- ---- --:--:--\\.--- -----';

/** A time of the day, as logs and locales write it. */
const CLOCK = String.raw`\d{1,2}:\d\d:\d\d(?:\.\d{1,3})?(?: ?[AaPp]\.?[Mm]\.?)?`;

/** In order: the first that matches is it. Each is anchored; what follows the match is the text. */
export const DATED: readonly DatedForm[] = [
  {
    family: 'webservices',
    pattern: new RegExp(String.raw`^\d{4,12}: ?(?:\S{1,128}?:+ )?${cisco}:? (?=%CCBU_|%)`),
    time: (found) => ciscoTime(found),
  },
  {
    family: 'realm',
    pattern: new RegExp(String.raw`^\d{1,12}: ?(?:\S{1,128}?:+ )?${cisco}:? (?=\[)`),
    time: (found) => ciscoTime(found),
  },
  {
    family: 'webservices',
    // Where a page breaks a line, what it says may stand on the next one.
    pattern: new RegExp(String.raw`^\d{4,12}: ?(?:\S{1,128}?:+ )?${cisco}:?(?: |$)`),
    time: (found) => ciscoTime(found),
  },
  {
    family: 'webservices',
    // As published: without counter and host.
    pattern: new RegExp(`^${cisco}:? (?=%CCBU_)`),
    time: (found) => ciscoTime(found),
  },
  // `<client time>: : <server>: <server time>: Header : …` (desktop.md 13): the client's own time is the entry's. Poise's
  // page leaves out what it does not know, the original writes dashes.
  {
    family: 'client',
    pattern: new RegExp(
      String.raw`^${numeric}: : ?(?:\S{0,256}: ?(?:${cisco.replaceAll(/\((?!\?)/g, '(?:')}|${UNKNOWN_TIME}): ?|\S{0,256}: ?(?=[A-Z]\w* : ))?`,
    ),
    time: (found) => numericTime(found),
  },
  {
    family: 'openfire',
    pattern: new RegExp(`^${numeric}:? `),
    time: (found) => numericTime(found),
  },
  {
    family: 'audit',
    pattern: new RegExp(String.raw`^${cisco}: (?=%\[user=)`),
    time: (found) => ciscoTime(found),
  },
  {
    family: 'cti',
    pattern:
      /^(?:\d{1,8}: )?(\d\d:\d\d:\d\d[.:]\d{3}) (?:(?:\S{1,64} (?:SESSION \d{1,6}: ?)?)?(?=Trace: |MsgType:)|\S{0,64}-?ctisvr (?!SESSION \d{1,6}: {2,}))/,
    time: (found) => clockTime(found[1]),
  },
  {
    family: 'syslog',
    // What a program writes has the full date in it again.
    pattern: new RegExp(
      String.raw`^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d{1,3})?(?: [A-Z]{3,4})? (?=[^%\n]{1,200}?: ${cisco} ?:+ ?%)`,
    ),
    time: (found) => syslogTime(ciscoTime(found), found[0]),
  },
  {
    family: 'syslog',
    pattern:
      /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]?\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)(?: [A-Z]{3,4})? (?=\S)/,
    time: (found) => yearlessTime(found[1], found[2], found[3]),
  },
  {
    family: 'syslog',
    // The engine of CCX.
    pattern:
      /^(?:\d{1,12}: )?([A-Z][a-z]{2}) ([ \d]?\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?) [A-Z]{3,5} (?=%M[A-Z]{2,7}-)/,
    time: (found) => yearlessTime(found[1], found[2], found[3]),
  },
  {
    family: 'access',
    pattern: new RegExp(String.raw`^\[${LOCAL_TIME.source}\] (?=\S{2,64} \S{1,256} \S{1,128} )`),
    time: localTime,
  },
  {
    family: 'syslog',
    // Tomcat (catalina.out): what happened stands on the next line.
    pattern: new RegExp(String.raw`^${LOCAL_TIME.source} (?=\S)`),
    time: localTime,
  },
];

interface BareForm {
  readonly family: Family;
  /** Global; a group that took part is a time of the day. */
  readonly pattern: RegExp;
}

const METHODS = 'GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH';

export const BARE: readonly BareForm[] = [
  { family: 'webservices', pattern: /%CCBU_/g },
  {
    family: 'client',
    pattern: new RegExp(
      String.raw`(?:(${CLOCK}):\s+)?\b(?:Container|Header)\s:\s|^(${CLOCK}): (?=[A-Z]\w* : )`,
      'gm',
    ),
  },
  {
    family: 'access',
    pattern: new RegExp(String.raw`\S{2,64} \S{2,256} \S{1,128} - (?:\d{1,5}|-) (?:${METHODS}|-)\s`, 'g'),
  },
  { family: 'cti', pattern: /\bTrace: (?=[A-Z])|\bMsgType:(?=[A-Z_]+ ?\()/g },
  // What a long poll brought, as a proxy or the browser shows it.
  { family: 'http', pattern: /^<body\b[^>]{0,600}httpbind[^>]{0,600}>\s{0,8}<message\b/gm },
  // The answer of `utils ntp status`, kept as a file.
  { family: 'syslog', pattern: /^ntpd \(pid \d+\) is running|^(?:un)?synchroni[sz]ed\b/gm },
  { family: 'wire', pattern: /(?:>>|<<) ?"|^(?:Cookie accepted: |Adding Host request|Buffering response)/gm },
  {
    family: 'openfire',
    pattern:
      /\bRoutingTableImpl: |\bClosing idle session \(id=|\bA session is (?:being )?closed for |\bSession \(id=\w+\) was last active |\bHTTPBindLog: |\bUnable to route packet\b/g,
  },
];

/** A whole line of an access log: it needs no look at its neighbours. */
export const ACCESS_LINE = new RegExp(
  String.raw`^\S{2,64} \S{2,256} \S{1,128} - (?:\d{1,5}|-) (?:${METHODS}|-) \S+ HTTP/1\.[01] \d{3} (?:\d+|-) \d+$`,
);

/** A line that begins a bare entry at its first column. */
export const BARE_START = new RegExp(
  String.raw`^(?:'?${CLOCK}: +[A-Z]|%CCBU_|(?:Container|Header) : |Trace: [A-Z]|MsgType:[A-Z]|<body\b[^>]{0,600}httpbind|(?:>>|<<) ?"|RoutingTableImpl: |Closing idle session \(id=|A session is (?:being )?closed for |Session \(id=|\S{2,64} \S{2,256} \S{1,128} - (?:\d{1,5}|-) (?:${METHODS}|-) )`,
);

/** The line goes on with the message above it, behind this prefix: the CTI server repeats it. */
export const CONTINUED: Readonly<Partial<Record<Family, RegExp>>> = {
  cti: /^(?:\d{1,8}: )?\d\d:\d\d:\d\d[.:]\d{3} \S{1,64} SESSION \d{1,6}: {2,}/,
};

/** The CTI server writes the day above the entries of it. */
export const DAY = /^Events from ([A-Z][a-z]{2,8}) (\d{1,2}), (\d{4}):?\s*$/;

/** What a search over files writes before each line it found: the name, perhaps the number of the line. */
export const SEARCHED =
  /^(?:[\w./~:\\ -]{0,200}?(?:\.(?:log|txt|out)|Syslog|messages)(?:\.\d{1,4})?:(?:\d{1,9}[:-])?|\d{1,9}:)(?=\S)/;

/** What quotes and lists put before a line. */
export const QUOTED = /^[\s>|*\u2022-]{1,16}(?=\S)/;

/** With a line break, and what mail leaves before it, wherever a blank is. */
const wrapped = (source: string): string =>
  source
    .replaceAll('[ T]', 'T')
    .replaceAll(' {1,2}', ' ')
    .replaceAll(' ?', String.raw`\s{0,2}`)
    .replaceAll(' ', String.raw`\s{1,2}`);
const before = String.raw`(?<=^|[\s>|"'(])`;

interface EmbeddedForm {
  readonly family: Family;
  readonly pattern: RegExp;
  readonly time: (found: Found) => WallTime | null;
  /** Cheap: whether a dated entry of the family can hold another one. */
  readonly maybe: (text: string, year: string) => boolean;
}

/** Dated entries that begin in the middle of a line, or whose prefix is wrapped: posts and mails lose and make line breaks. */
export const EMBEDDED: readonly EmbeddedForm[] = [
  {
    family: 'webservices',
    pattern: new RegExp(
      `${before}(?:\\d{4,12}:\\s?(?:\\S{1,128}?:+\\s{1,2})?)?${wrapped(cisco)}:?\\s{1,2}(?=%CCBU_)`,
      'g',
    ),
    time: ciscoTime,
    maybe: (text) => text.indexOf('%CCBU_', 7) !== -1,
  },
  {
    family: 'client',
    pattern: new RegExp(
      `${before}${wrapped(numeric)}:\\s{1,2}:\\s{1,2}(?:\\S{0,256}:\\s{0,2}(?:${wrapped(cisco.replaceAll(/\((?!\?)/g, '(?:'))}|${wrapped(UNKNOWN_TIME)}):\\s{0,2})?`,
      'g',
    ),
    time: (found) => numericTime(found),
    maybe: (text) => /:\s{1,2}:\s/.test(text),
  },
  {
    family: 'openfire',
    pattern: new RegExp(
      `${before}${numeric} (?=Session \\(id=|Closing idle session|A session is |HTTPBindLog: |Unable to route |consumeResponse: |time=\\d{12}|Openfire stopped|HTTP bind service|RoutingTableImpl: )`,
      'g',
    ),
    time: (found) => numericTime(found),
    maybe: (text, year) => text.includes(`${year}.`),
  },
];
