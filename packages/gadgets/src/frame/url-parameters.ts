/** Parameters of an address, as `gadgets.util.getUrlParameters` tells them. */

/** Those of the query; those of the fragment, too, which hold what is for the frame alone (gadgets.md 3.1). */
export function urlParameters(url: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  const fragmentAt = url.indexOf('#');
  const address = fragmentAt < 0 ? url : url.slice(0, fragmentAt);
  const queryAt = address.indexOf('?');
  const parts = [
    ...(queryAt < 0 ? [] : [address.slice(queryAt + 1)]),
    ...(fragmentAt < 0 ? [] : [url.slice(fragmentAt + 1)]),
  ];
  for (const pair of parts.join('&').split('&')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = decoded(pair.slice(0, at));
    // Not `parameters.__proto__`.
    Object.defineProperty(parameters, name, {
      value: decoded(pair.slice(at + 1)),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
