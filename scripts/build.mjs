// `npm run build [-- --force]`
import { prepare } from './toolchain.mjs';

prepare({ force: process.argv.includes('--force') });
