/** What a gadget's frame shows instead of the gadget: one plain sentence, in the language of the desktop. */
import { type Catalogue, words } from '../messages/catalogue.ts';
import type { GadgetError } from './gadget-error.ts';
import { followChanges, type PageParts, scriptJson } from './page.ts';
import { escapeHtml } from './substitutions.ts';

const STYLE =
  // Letters and colours of the desktop, which covers it with its own words; other containers show it as it is.
  'body{margin:0;padding:12px 16px;font:15px/1.5 "Inter Variable",Inter,"Segoe UI",system-ui,"Noto Sans",sans-serif;color:#16211f;background:#fff}' +
  '@media(prefers-color-scheme:dark){body{color:#e8efed;background:#1a2224}}';

/**
 * Tells the page around it, too: it may offer to try again. Nothing in it is secret.
 * @param changes see {@link PageParts.changes}: what is mended is shown
 */
export function errorPage(
  error: GadgetError,
  moduleId: string,
  lang: string,
  catalogue: Catalogue,
  changes: PageParts['changes'],
): string {
  const sentence = words(error.said, catalogue);
  const told = scriptJson({ type: 'poise.gadget.error', mid: moduleId, status: error.status, sentence });
  return (
    `<!doctype html>\n<html lang="${escapeHtml(lang)}"><head><meta charset="utf-8"><title>${escapeHtml(sentence)}</title><style>${STYLE}</style></head>` +
    `<body><p id="gadget-error" role="alert" data-status="${error.status}">${escapeHtml(sentence)}</p>` +
    `<script>if(parent!==window)parent.postMessage(${told},"*");</script>${followChanges('', changes)}</body></html>\n`
  );
}
