/** What the HTTP host itself says to people, in one place, ready to be translated. */
export const HTTP_MESSAGES = {
  notFoundTitle: 'Not found',
  notFound: 'There is nothing at this address. The agent desktop is at /desktop/.',
  notBuiltTitle: 'The page is not built',
  notBuilt: 'Run "npm run build" once, then load this page again.',
  certificateTitle: 'The certificate is accepted',
  certificate: 'Your browser reaches this server. You can close this tab and go back to your desktop.',
  internalTitle: 'Something went wrong',
  internal: 'The server could not answer this request. The reason is in its log.',
  unavailableTitle: 'Not available at the moment',
  storeUnavailable: 'The database cannot be reached or written. What was asked for may be possible later.',
  badRequestTitle: 'Bad request',
  badRequest: 'The server does not understand this request.',
  tooLargeTitle: 'Request too large',
  tooLarge: 'The body of this request is larger than the server accepts.',
} as const;

/** A page without scripts or styles, for the few answers that have no page of their own. */
export function plainPage(title: string, text: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></body></html>\n`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) =>
    c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;',
  );
}
