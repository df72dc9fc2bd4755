/** What our pages in browsers have in common: the design, languages, what they keep. Each page is a package of its own. */
import './theme/font.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/modal.css';
import './theme/sign-in.css';

export { keep, recall } from './browser-storage.ts';
export { frenchSpaces } from './french-spaces.ts';
export { format, preferredAmong, regionOf } from './language.ts';
export { balanced, LABEL_MAX, shortened, TEXT_MAX, within } from './typed-text.ts';
