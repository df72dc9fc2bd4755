import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Served at /desktop/container/; every asset is hashed and may be cached for ever.
export default defineConfig({
  base: '/desktop/container/',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'locallog.html'] },
  },
});
