/** Whether the node has another page than the one that the browser had kept for when it is down. */

/**
 * Never rejects: an answer that is no page of ours changes nothing.
 * @param script path of the page's first script, which bears the hash of what the page is made of
 */
export async function isNewerPage(script: string | null, page: string, get: typeof fetch): Promise<boolean> {
  if (script === null) return false;
  try {
    const answer = await get(page, { cache: 'no-store', credentials: 'omit' });
    const html = answer.ok ? await answer.text() : '';
    return html.includes('<div id="root">') && !html.includes(`src="${script}"`);
  } catch {
    return false;
  }
}
