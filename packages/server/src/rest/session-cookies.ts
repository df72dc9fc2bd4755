/** The two cookies of the original. Credentials decide; nothing is kept here (rest-api.md 1.5). */

/** Set-Cookie values for those of the two that the request does not bring. */
export function sessionCookies(
  cookieHeader: string | undefined,
  secure: boolean,
  random: (bytes: number) => Uint8Array,
): string[] {
  const cookies: string[] = [];
  const rest = secure ? '; Secure; HttpOnly' : '; HttpOnly';
  if (!SIGN_ON.test(cookieHeader ?? '')) cookies.push(`JSESSIONIDSSO=${sessionId(random)}; Path=/${rest}`);
  if (!SESSION.test(cookieHeader ?? ''))
    cookies.push(`JSESSIONID=${sessionId(random)}; Path=/finesse${rest}`);
  return cookies;
}

const SIGN_ON = /(?:^|;\s*)JSESSIONIDSSO=/;
const SESSION = /(?:^|;\s*)JSESSIONID=/;

function sessionId(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(16)).toString('hex').toUpperCase();
}
