/**
 * How entries of each family begin, as tables. *Dated* forms begin a line with a time; *bare* forms are what is
 * left of them in excerpts and copies, which have lost prefixes, were wrapped, and put several entries on one line.
 */
import type { Family } from './entry.ts';
import { CISCO_TIME, ciscoTime, clockTime, NUMERIC_TIME, numericTime, type WallTime } from './times.ts';

type Found = readonly (string | undefined)[];

interface DatedForm {
  readonly family: Family;
  readonly pattern: RegExp;
  readonly time: (found: Found) => WallTime | null;
}

const cisco = CISCO_TIME.source;
const numeric = NUMERIC_TIME.source;
/** What the original's page writes while it does not know the server's time. */
const UNKNOWN_TIME = '--- -- ---- --:--:--\\.--- -----';

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
    pattern: /^(?:\d{1,8}: )?(\d\d:\d\d:\d\d[.:]\d{3}) (?:\S{1,64} )?(?=Trace: |MsgType:)/,
    time: (found) => clockTime(found[1]),
  },
  {
    family: 'syslog',
    pattern: /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]?\d (\d\d:\d\d:\d\d(?:\.\d{1,3})?)(?: [A-Z]{3,4})? (?=\S)/,
    time: (found) => clockTime(found[1]),
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
    pattern:
      /(?:(\d\d:\d\d:\d\d(?:\.\d{1,3})?):\s+)?\b(?:Container|Header)\s:\s|^(\d\d:\d\d:\d\d(?:\.\d{1,3})?): (?=[A-Z]\w* : )/gm,
  },
  {
    family: 'access',
    pattern: new RegExp(String.raw`\S{2,64} \S{2,256} \S{1,128} - (?:\d{1,5}|-) (?:${METHODS}|-)\s`, 'g'),
  },
  { family: 'cti', pattern: /\bTrace: (?=[A-Z])|\bMsgType:(?=[A-Z_]+ ?\()/g },
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
  String.raw`^(?:'?\d\d:\d\d:\d\d(?:\.\d{1,3})?: +[A-Z]|%CCBU_|(?:Container|Header) : |Trace: [A-Z]|MsgType:[A-Z]|(?:>>|<<) ?"|RoutingTableImpl: |Closing idle session \(id=|A session is (?:being )?closed for |Session \(id=|\S{2,64} \S{2,256} \S{1,128} - (?:\d{1,5}|-) (?:${METHODS}|-) )`,
);
