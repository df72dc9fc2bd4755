/** The frame of a report: one file that needs nothing else, and no script. */
import { plain } from '../mask.ts';

/**
 * Text for an element or a quoted attribute. Whatever a log holds becomes text: controls are written out, markup
 * is escaped. Everything that is not written in this package goes through here.
 */
export const esc = (text: string | number): string =>
  plain(String(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--muted:#57606a;--line:#d0d7de;--panel:#f6f8fa;
--accent:#0b5cad;--bad:#b3261e;--ok:#1a6b37;--warn:#8a5a00;--wave:#b3261e22}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e6e9ec;--muted:#a3adb8;--line:#3a424b;--panel:#1d2226;
--accent:#74b3f2;--bad:#ff9b91;--ok:#7fd39a;--warn:#e8bd6a;--wave:#ff9b9133}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1280px;margin:0 auto;padding:24px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:28px 0 8px}
p{margin:6px 0}.muted{color:var(--muted)}
.verdict{border:1px solid var(--line);border-left:6px solid var(--accent);background:var(--panel);padding:12px 16px;margin:12px 0;border-radius:4px}
.verdict.bad{border-left-color:var(--bad)}.verdict.ok{border-left-color:var(--ok)}.verdict.open{border-left-color:var(--warn)}
.verdict p:first-child{font-weight:600;margin-top:0}
.claim{margin:10px 0}.claim>p{font-weight:600;margin:0 0 4px}
figure{margin:12px 0;padding:0}figcaption{color:var(--muted);margin-top:4px}
figure>div{overflow-x:auto;border:1px solid var(--line);border-radius:4px;background:var(--panel)}
svg{display:block;width:100%;min-width:860px;height:auto}
svg text{fill:var(--fg);font:12px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
svg .m{fill:var(--muted)}svg .badText{fill:var(--bad)}svg .e{text-anchor:end}svg .c{text-anchor:middle}
svg .grid{stroke:var(--line)}svg .ar{stroke:var(--accent);fill:none;stroke-width:1.5}svg .arh{fill:var(--accent)}
svg .miss{stroke:var(--bad);stroke-dasharray:5 4}svg .missh{fill:var(--bad)}
svg .un{stroke:var(--muted);stroke-dasharray:1 4}svg .unh{fill:var(--muted)}
svg .bar{fill:var(--accent)}svg .soft{fill:var(--accent);fill-opacity:.35}svg .bad{fill:var(--bad)}svg .warn{fill:var(--warn)}svg .ok{fill:var(--ok)}
svg .lost{stroke:var(--bad);stroke-width:2}svg .wave{fill:var(--wave)}svg .x{stroke:var(--bad);stroke-width:2;fill:none}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:5px 8px;border-bottom:1px solid var(--line)}
th{color:var(--muted);font-weight:600}
td.t,th.t{width:132px;font-variant-numeric:tabular-nums}
td.n,th.n{width:44px;text-align:right}td.w,th.w{width:110px;text-align:right;font-variant-numeric:tabular-nums}
td.s,th.s{width:150px}td.f,th.f{width:250px}
td.f,td.x,td.x code{overflow-wrap:anywhere}.p{white-space:nowrap}
code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.missing{color:var(--bad);font-weight:600}
ul{margin:6px 0;padding-left:22px}li{overflow-wrap:anywhere}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--muted:#444;--line:#999;--panel:#fff;--accent:#0b5cad;--bad:#b3261e;--ok:#1a6b37;--warn:#8a5a00;--wave:#b3261e22}
main{max-width:none;padding:0}body{font-size:10.5pt}svg{min-width:0}
figure,.claim,tr,.verdict{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}@page{margin:12mm}}
`;

/** A whole page. `title` is text, `body` is markup made here. The policy forbids what nothing in it needs: scripts, requests. */
export function page(language: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="${esc(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="poise trace">
<title>${esc(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
