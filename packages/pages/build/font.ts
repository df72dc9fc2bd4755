/** Our font in a page that Vite bundles. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const FONT = /inter-latin-wght-normal.*\.woff2$/;

/** The font is asked for with the page, not when its styles are read; its licence is delivered with it. */
export const font = (base: string): Plugin => ({
  name: 'font',
  apply: 'build',
  generateBundle() {
    const licence = createRequire(import.meta.url).resolve('@fontsource-variable/inter/LICENSE');
    this.emitFile({
      type: 'asset',
      fileName: 'assets/inter-LICENSE.txt',
      source: readFileSync(licence, 'utf8'),
    });
  },
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const file = Object.keys(bundle).find((name) => FONT.test(name));
      if (file === undefined) throw new Error('the font is not among the assets');
      const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: base + file, crossorigin: '' };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
  },
});
