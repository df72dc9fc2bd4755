/** What `/desktop/sso/test` shows, and tells the window that opened it (developer guide 12.5, pages 189, 190). */

export interface TestOutcome {
  readonly errorMessage: '' | 'AUTH_ERROR' | 'NO TOKEN';
  /** Empty when nobody is known. */
  readonly userId: string;
  /** s; 0 when there is no token. */
  readonly expiresIn: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

export function testPage({ errorMessage, userId, expiresIn }: TestOutcome): string {
  const status = errorMessage === '' ? 'true' : 'false';
  const lines =
    errorMessage === ''
      ? `<p>User: ${escaped(userId)}</p>\n<p>The token ends in ${expiresIn} s.</p>`
      : `<p>${errorMessage}</p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Single sign-on test</title><script src="/desktop/sso/test.js" defer></script></head>
<body data-status="${status}" data-error-message="${errorMessage}">
<h1>Single sign-on ${errorMessage === '' ? 'works' : 'does not work'}</h1>
${lines}
</body>
</html>
`;
}

/** A file of its own, for the pages run no script that stands in them. The message holds nothing secret. */
export const TEST_SCRIPT = `const { status, errorMessage } = document.body.dataset;
const listener = window.opener ?? (window.parent === window ? null : window.parent);
listener?.postMessage({ status, errorMessage }, '*');
`;
