import { defineConfig } from 'vite';

// One classic script: pages of others load it by its name, as the original's. The page beside it comes from public/.
export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist',
    // What the compiler wrote stands there too.
    emptyOutDir: false,
    lib: {
      entry: 'src/script.ts',
      formats: ['iife'],
      name: 'poiseTunnel',
      fileName: () => 'EventTunnel.js',
    },
  },
});
