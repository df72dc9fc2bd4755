/** What happens to logs before somebody reads them: each form of damage by name, the same for the same seed. */
import { gzipSync } from 'node:zlib';
import { between, chance, pick, type Random } from '../../test/faults/chance.ts';

export type Files = ReadonlyMap<string, string | Buffer>;
type Texts = ReadonlyMap<string, string>;
type Damage = (files: Texts, random: Random) => Files;

const each = (files: Texts, change: (text: string, name: string) => string): Texts =>
  new Map([...files].map(([name, text]) => [name, change(text, name)]));
const linesOf = (text: string): string[] => text.split('\n');

/** Keys that copies of such logs are seen to spell wrongly. */
const SLIPS: ReadonlyArray<readonly [RegExp, string]> = [
  [/request_identifier/g, 'request_identifrier'],
  [/agenttext/g, 'agentext'],
  [/PRESENCE_NOTIFICATION_RECIEVED/g, 'PRESENCE_NOTIFICATION_RECEIVED'],
  [/request_parameters/g, 'request_paramaters'],
];

/** A line as an editor of a document breaks it: between words, or in the middle of a long one. */
function wrapped(line: string, width: number): string {
  if (line.length <= width) return line;
  const at = line.lastIndexOf(' ', width);
  const end = at > width / 2 ? at : width;
  return `${line.slice(0, end)}\n${wrapped(line.slice(end).replace(/^ /, ''), width)}`;
}

const isTrace = (name: string) => /webservices|openfire/.test(name);

export const DAMAGES = {
  none: (files) => files,
  /** Windows line ends, a byte order mark. */
  windows: (files) => each(files, (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`),
  /** Long lines broken as a page breaks them. */
  wrapped: (files, random) => {
    const width = between(random, 90, 160);
    return each(files, (text) =>
      linesOf(text)
        .map((line) => wrapped(line, width))
        .join('\n'),
    );
  },
  /** Rotated within the time that is asked about, older files packed. */
  rotated: (files, random) => {
    const parts = new Map<string, string | Buffer>();
    for (const [name, text] of files) {
      if (!/\.(?:log|out)$|CiscoSyslog/.test(name)) {
        parts.set(name, text);
        continue;
      }
      const lines = linesOf(text);
      const cut = between(random, 1, Math.max(1, lines.length - 1));
      parts.set(`${name}.1.gz`, gzipSync(lines.slice(0, cut).join('\n')));
      parts.set(name, lines.slice(cut).join('\n'));
    }
    return parts;
  },
  /** Collected twice, the second time up to a later moment. */
  doubled: (files) =>
    new Map([...files, ...[...files].map(([name, text]) => [`again/${name}`, text] as const)]),
  /** Lines of neighbouring threads changed places. */
  reordered: (files, random) =>
    each(files, (text) => {
      const lines = linesOf(text);
      for (let i = 0; i + 1 < lines.length; i++)
        if (chance(random, 0.2)) [lines[i], lines[i + 1]] = [lines[i + 1] as string, lines[i] as string];
      return lines.join('\n');
    }),
  /** Keys with slips of the pen. */
  slips: (files) =>
    each(files, (text) => SLIPS.reduce((done, [pattern, slip]) => done.replace(pattern, slip), text)),
  /** Begins and ends in the middle of a line: short files lose what they said. */
  cut: (files, random) =>
    each(files, (text) =>
      text.slice(between(random, 1, 60), Math.max(100, text.length - between(random, 1, 60))),
    ),
  /** Rubbish in between: other programs, other encodings, escape codes. */
  rubbish: (files, random) =>
    each(files, (text) =>
      linesOf(text)
        .flatMap((line) =>
          chance(random, 0.05) ? [line, '\x1b[31m<<< \u00e9\ufffd not a log line', ''] : [line],
        )
        .join('\n'),
    ),
  /** As excerpts in a document, with prose around them. */
  document: (files) => {
    const parts = [...files]
      .filter(([name]) => isTrace(name))
      .map(([name, text]) => `The file ${name} says:\n\n\`\`\`\n${text}\`\`\`\n`);
    const rest = [...files].filter(([name]) => !isTrace(name));
    return new Map([['case.md', `# A case\n\n${parts.join('\n')}\nEnd of it.\n`], ...rest]);
  },
  /** One of the logs was not collected. */
  missing: (files, random) => {
    const gone = pick(random, ['debug.log', 'info.log', 'clientlog']);
    return new Map([...files].filter(([name]) => !name.includes(gone)));
  },
} as const satisfies Readonly<Record<string, Damage>>;

export type DamageName = keyof typeof DAMAGES;
export const DAMAGE_NAMES = Object.keys(DAMAGES) as readonly DamageName[];
