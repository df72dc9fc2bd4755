import { defineConfig } from 'vite';

// The features inside a gadget's frame: one classic script, as gadgets of every release expect it (gadgets.md 4).
export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist',
    // What the compiler wrote stands there too.
    emptyOutDir: false,
    lib: {
      entry: 'src/frame/features.ts',
      formats: ['iife'],
      name: 'poiseFeatures',
      fileName: () => 'features.js',
    },
  },
});
