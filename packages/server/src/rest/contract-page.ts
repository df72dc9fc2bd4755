/** The contract for people: one page out of both documents, without scripts. */
import { createHash } from 'node:crypto';
import { escapeText } from '@poise/xml';
import type { Schema } from '../objects/xml-schema.ts';

export interface ContractPage {
  readonly html: string;
  /** Content-Security-Policy: nothing but the one style of the page. */
  readonly policy: string;
}

interface Operation {
  readonly description?: string;
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body & { readonly description?: string }>>;
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Channel {
  readonly address: string;
  readonly description: string;
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#16211f, #e8efed); --soft: light-dark(#4d5c59, #a9b8b5);
  --paper: light-dark(#f4f6f5, #111817); --card: light-dark(#ffffff, #1b2423); --line: light-dark(#c6d0cd, #3a4745); --accent: light-dark(#17605a, #6fc7bd); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; } h2 { margin-top: 2rem; font-size: 1.2rem; }
a { color: var(--accent); }
p { color: var(--soft); }
details { margin: 0.4rem 0; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
summary { padding: 0.5rem 0.75rem; cursor: pointer; overflow-wrap: anywhere; }
summary:focus-visible, a:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary b { display: inline-block; min-width: 4.5rem; color: var(--accent); }
code, pre { font-family: ui-monospace, monospace; font-size: 0.875rem; }
pre { margin: 0; padding: 0.75rem; overflow-x: auto; border-top: 1px solid var(--line); }
details p { margin: 0; padding: 0 0.75rem 0.5rem; }
`;

/** @param openApi its paths and schemas @param asyncApi its channels and messages */
export function contractPage(openApi: Schema, asyncApi: Schema): ContractPage {
  const all = Object.entries(openApi.paths as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  const isOwn = ([path]: readonly [string, unknown]) => !path.startsWith('/finesse/');
  const { schemas } = openApi.components as { readonly schemas: Readonly<Record<string, Schema>> };
  const channels = asyncApi.channels as Readonly<Record<string, Channel>>;
  const { messages } = asyncApi.components as {
    readonly messages: Readonly<Record<string, { readonly payload: Schema }>>;
  };
  const body = `<main>
<h1>The APIs of Poise</h1>
<p>Made of the tables that the server itself uses. For machines: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1) and <a href="/asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0).</p>
<nav aria-label="Parts"><a href="#rest">REST, XML</a> · <a href="#own">Our own, JSON</a> · <a href="#events">Events</a> · <a href="#objects">Objects</a></nav>
<h2 id="rest">REST, XML</h2>
${all
  .filter((one) => !isOwn(one))
  .map(operationsOf)
  .join('')}
<h2 id="own">Our own, JSON</h2>
${all.filter(isOwn).map(operationsOf).join('')}
<h2 id="events">Events</h2>
${Object.entries(channels)
  .map(([kind, { address, description }]) => section('NODE', address, description, [messages[kind]?.payload]))
  .join('')}
<h2 id="objects">Objects</h2>
${Object.entries(schemas)
  .map(([name, schema]) => `<div id="object-${escapeText(name)}">${section('', name, '', [schema])}</div>`)
  .join('')}
</main>`;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return {
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The APIs of Poise</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`,
    policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
  };
}

function operationsOf([path, methods]: readonly [string, Readonly<Record<string, unknown>>]): string {
  return Object.entries(methods)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => {
      const { description = '', requestBody, responses = {} } = operation as Operation;
      const told = Object.entries(responses).map(([status, one]) => `${status}: ${one.description ?? ''}.`);
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
      return section(method.toUpperCase(), path, [description, ...told].join(' '), [
        schemaIn(requestBody),
        schemaIn(success),
      ]);
    })
    .join('');
}

const schemaIn = (body: Body | undefined): Schema | undefined =>
  Object.values(body?.content ?? {})[0]?.schema;

function section(what: string, name: string, told: string, schemas: readonly (Schema | undefined)[]): string {
  const shown = schemas.filter((schema) => schema !== undefined);
  return `<details><summary><b>${escapeText(what)}</b><code>${escapeText(name)}</code></summary>${
    told === '' ? '' : `<p>${escapeText(told)}</p>`
  }${shown.map((schema) => `<pre tabindex="0">${linked(JSON.stringify(schema, null, 2))}</pre>`).join('')}</details>
`;
}

/** References lead to the object on this page. */
const linked = (text: string): string =>
  escapeText(text).replace(
    /#\/components\/schemas\/([\w.]+)/g,
    (whole, name: string) => `<a href="#object-${name}">${whole}</a>`,
  );
