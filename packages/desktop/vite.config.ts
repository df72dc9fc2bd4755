import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const BASE = '/desktop/container/';
const FONT = /inter-latin-wght-normal.*\.woff2$/;

/** The font is asked for with the page, not when its styles are read; its licence is delivered with it. */
const font: Plugin = {
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
      const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: BASE + file, crossorigin: '' };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
  },
};

// Served at /desktop/container/; every asset is hashed and may be cached for ever.
export default defineConfig({
  base: BASE,
  plugins: [react(), font],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'locallog.html'] },
  },
});
