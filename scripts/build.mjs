// `npm run build [-- --force]`
import { build, checkNode, install } from './toolchain.mjs';

checkNode();
install();
build({ force: process.argv.includes('--force') });
