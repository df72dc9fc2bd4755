/** How a person is called on the page. */

/** Something of it is seen: a letter, a figure, a sign. White space and marks without a width are not. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** First and last name; the login id where there is no name that could be seen. */
export function personName(
  { firstName, lastName }: { readonly firstName: string; readonly lastName: string },
  loginId: string,
): string {
  const name = `${firstName} ${lastName}`.trim();
  return SEEN.test(name) ? name : loginId;
}
