import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { referencePage } from './scripts/reference.ts';

const here = import.meta.dirname;

/** One classic script, readable and minified, and the reference page out of the same sources. */
export default defineConfig({
  plugins: [
    {
      name: 'reference-page',
      closeBundle() {
        mkdirSync(join(here, 'dist/doc'), { recursive: true });
        writeFileSync(join(here, 'dist/doc/index.html'), referencePage(join(here, 'src')));
      },
    },
  ],
  build: {
    target: 'es2022',
    // The compiler puts the types there.
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: 'src/script.ts',
      output: [
        { format: 'iife', entryFileNames: 'finesse.js' },
        { format: 'iife', entryFileNames: 'finesse.min.js', minify: true },
      ],
    },
  },
});
