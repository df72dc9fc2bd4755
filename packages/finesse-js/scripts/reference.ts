/**
 * The reference page of finesse.js, out of the doc comments of its sources: one HTML file that needs no script. It reads the
 * sources as the formatter leaves them: members of an exported class or service stand two columns in, after their comment.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Member {
  readonly name: string;
  /** As declared, without its body. */
  readonly declaration: string;
  readonly comment: string;
}

export interface Entry {
  readonly name: string;
  readonly kind: 'class' | 'object';
  readonly base: string;
  readonly comment: string;
  readonly members: readonly Member[];
}

/** The text of a doc comment, without its frame. */
const plain = (comment: string): string =>
  comment
    .trim()
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();

/** Up to the body or the value: outside of all brackets, at `{`, `=>`, ` = `, `;` or the comma after a member. */
function declarationOf(source: string): string {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const rest = source.slice(i);
    const before = source.slice(0, i);
    if (depth === 0 && /^( =>| = |;|,\n)/.test(rest)) return before;
    // Braces after a colon or inside brackets are a type.
    if (depth === 0 && rest.startsWith('{') && !/[:&|]\s*$/.test(before)) return before;
    if (/^[([{<]/.test(rest)) depth++;
    else if (/^[)\]}]/.test(rest) || (rest.startsWith('>') && !before.endsWith('='))) depth--;
  }
  return source;
}

const MEMBER =
  /(?:^ {2}(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n)?^ {2}((?:(?:static|override|readonly|private|protected|abstract|declare) )*)([A-Za-z_]\w*)(?=[(:<?,]| = )/gm;

/** Members that are not for gadgets. */
const HIDDEN = /^(_|constructor$)/;

function membersOf(body: string): Member[] {
  const found: Member[] = [];
  for (const match of body.matchAll(MEMBER)) {
    const [all, comment = '', modifiers = '', name = ''] = match;
    if (HIDDEN.test(name) || /private|protected|declare/.test(modifiers)) continue;
    const start = (match.index ?? 0) + all.length - name.length;
    const kept = modifiers.replace(/(override|readonly|abstract) /g, '');
    const declaration = kept + declarationOf(body.slice(start)).replace(/\s+/g, ' ').trim();
    found.push({ name, declaration, comment: plain(comment) });
  }
  return found;
}

const ENTRY =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:abstract )?(?:class (\w+)(?:<[^>]*>)?(?: extends ([\w.]+)[^{]*)? \{|const (\w+)(?:: [^=]+)? = (?:service\((\w+), )?\{)(\}|\n[\s\S]*?\n\})/g;

/** `init` of a service: the parameters and the comment of the function that it is made with. */
function initOf(source: string, begin: string | undefined): Member[] {
  if (begin === undefined) return [];
  const at = new RegExp(`(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?function ${begin}(\\([^)]*\\)): void`).exec(
    source,
  );
  const comment = plain(at?.[1] ?? '') || 'Begins.';
  return [
    { name: 'init', declaration: `init${at?.[2] ?? '()'}`, comment: `${comment} Gives the service itself.` },
  ];
}

/** Members that an object takes over from a file beside it: `...text`. */
function spreadOf(body: string, file: string): Member[] {
  return [...body.matchAll(/^ {2}\.\.\.(\w+),$/gm)].flatMap(([, name]) => {
    const beside = readFileSync(join(dirname(file), `${name}.ts`), 'utf8');
    return entriesOf(beside, file).find((entry) => entry.name === name)?.members ?? [];
  });
}

/** What a file exports. */
export function entriesOf(source: string, file: string): Entry[] {
  return [...source.matchAll(ENTRY)].map(
    ([, comment = '', className, base = '', objectName, begin, body = '']) => ({
      name: (className ?? objectName) as string,
      kind: className ? 'class' : 'object',
      base,
      comment: plain(comment),
      members: [...initOf(source, begin), ...membersOf(body), ...spreadOf(body, file)],
    }),
  );
}

/** Namespace → names of what it holds with its file, read from the index files. */
function namespaces(src: string): Map<string, { readonly name: string; readonly file: string }[]> {
  const all = new Map<string, { name: string; file: string }[]>();
  const index = readFileSync(join(src, 'index.ts'), 'utf8');
  for (const [, namespace, path] of index.matchAll(/export \* as (\w+) from '(.+?)'/g)) {
    const file = join(src, path as string);
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(/export \{([^}]+)\} from '(.+?)'/g)].flatMap(([, list, from]) =>
      (list as string)
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '' && !each.startsWith('type '))
        .map((name) => ({ name, file: join(dirname(file), from as string) })),
    );
    all.set(
      namespace as string,
      names.length > 0 ? names : entriesOf(text, file).map(({ name }) => ({ name, file })),
    );
  }
  return all;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

/** Prose with `code` and tags such as @param on lines of their own. */
const prose = (comment: string): string =>
  escapeHtml(comment)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\s*@(param|returns|throws)\b/g, '<br><b>$1</b>')
    .replace(/^<br>/, '');

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color:#1b1f24;background:#fff}
nav{columns:16rem}nav ul{margin:0 0 1rem;padding-left:1rem;break-inside:avoid}h2{border-top:1px solid #d0d7de;padding-top:1rem}
dt{margin-top:.75rem}dd{margin:0 0 0 1.5rem}code{font:14px/1.4 ui-monospace,monospace;background:#f3f4f6;padding:.1em .25em;border-radius:3px}
a{color:#0550ae}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}code{background:#1c2128}a{color:#79c0ff}h2{border-color:#30363d}}`;

const section = (namespace: string, { name, kind, base, comment, members }: Entry): string => `
<h2 id="${namespace}.${name}">finesse.${namespace}.${name}</h2>
<p>${kind}${base === '' ? '' : ` extends <code>${escapeHtml(base)}</code>`}. ${prose(comment)}</p>
<dl>${members
  .map(
    (member) =>
      `<dt id="${namespace}.${name}.${member.name}"><code>${escapeHtml(member.declaration)}</code></dt><dd>${prose(member.comment)}</dd>`,
  )
  .join('\n')}</dl>`;

/** The whole page. */
export function referencePage(src: string): string {
  const parts = [...namespaces(src)].map(([namespace, names]) => ({
    namespace,
    entries: names.map(({ name, file }) => {
      const entry = entriesOf(readFileSync(file, 'utf8'), file).find((each) => each.name === name);
      if (!entry) throw new Error(`reference: ${name} is not found in ${file}`);
      return entry;
    }),
  }));
  const list = parts.map(
    ({ namespace, entries }) =>
      `<ul><li><b>finesse.${namespace}</b></li>${entries
        .map(({ name }) => `<li><a href="#${namespace}.${name}">${name}</a></li>`)
        .join('')}</ul>`,
  );
  const sections = parts.flatMap(({ namespace, entries }) =>
    entries.map((entry) => section(namespace, entry)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>finesse.js reference</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><header><h1>finesse.js</h1>
<p>The library that gadgets load as <code>/desktop/assets/js/finesse.js</code>. Its settings stand in <code>finesse.gadget.Config</code>.</p>
</header><nav aria-label="Classes">${list.join('\n')}</nav><main>${sections.join('\n')}</main></body></html>
`;
}
