/** The design, for whoever draws a page; apart, because only a bundler can read styles. */
import './theme/font.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/modal.css';
import './theme/sign-in.css';
