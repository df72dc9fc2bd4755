import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { font } from '../pages/build/font.ts';
import { LATER_PARTS } from './src/worker/later-parts.ts';

const BASE = '/desktop/container/';
const WORKER = 'service-worker';
/** That of gadget frames. */
const RELAY = 'gadget-worker';
/** Given to the worker in the place of this word. */
const FILES = '__PAGE_FILES__';

/** Tells the service worker which files the page is made of. Last: the names and the pages are settled by then. */
const workerFiles: Plugin = {
  name: 'worker-files',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const worker = bundle[`${WORKER}.js`];
      if (worker?.type !== 'chunk') throw new Error('the service worker was not built');
      if (worker.imports.length > 0) throw new Error('the service worker must be one file');
      const hash = createHash('sha256');
      const icons = readdirSync('public');
      for (const name of icons) hash.update(readFileSync(`public/${name}`));
      const names = Object.keys(bundle).sort();
      for (const name of names.filter((each) => each.endsWith('.html'))) {
        const page = bundle[name];
        if (page?.type === 'asset') hash.update(page.source);
      }
      const assets = names.filter((name) => /^assets\/.+-[\w-]{8}\.(js|css|woff2|svg)$/.test(name));
      const files = {
        version: hash.update(assets.join()).digest('base64url').slice(0, 12),
        pages: [BASE, ...['locallog.html', ...icons].map((name) => BASE + name)],
        assets: assets.map((name) => BASE + name),
      };
      if (!worker.code.includes(FILES)) throw new Error('the service worker asks for no files');
      worker.code = worker.code.replace(FILES, JSON.stringify(files));
    },
  },
};

/** Tells the page which scripts it loads when they are wanted, so that it can have all of them while its node is there. */
const laterParts: Plugin = {
  name: 'later-parts',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {}, path }) {
      if (!path.endsWith('/index.html')) return [];
      const parts = Object.values(bundle)
        .filter((file) => file.type === 'chunk' && file.fileName.startsWith('assets/'))
        .map(({ fileName }) => BASE + fileName)
        .filter((name) => !html.includes(name) && !name.includes('/locallog-'));
      const attrs = { name: LATER_PARTS, content: parts.sort().join(' ') };
      return [{ tag: 'meta', attrs, injectTo: 'head' }];
    },
  },
};

// Served at /desktop/container/; every asset is hashed and may be cached for ever.
export default defineConfig({
  base: BASE,
  plugins: [react(), font(BASE), laterParts, workerFiles],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: 'index.html',
        locallog: 'locallog.html',
        [WORKER]: 'src/worker/service-worker.ts',
        [RELAY]: 'src/worker/gadget-worker.ts',
      },
      // Their names stay: browsers ask for them again.
      output: {
        entryFileNames: ({ name }) =>
          name === WORKER || name === RELAY ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
