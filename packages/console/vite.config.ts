import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { font } from '../pages/build/font.ts';

const BASE = '/cfadmin/';

// Served at /cfadmin/; every asset is hashed and may be cached for ever.
export default defineConfig({
  base: BASE,
  plugins: [react(), font(BASE)],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    modulePreload: { polyfill: false },
  },
});
