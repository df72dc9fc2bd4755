/** Names of parameters that carry credentials: what stands there is told to nobody, least of all to logs. */
const SECRET_PARAMETER =
  /password|passwd|secret|token|authorization|api[-_]?key|^(?:headers|code|st|authz|pwd|assertion|SAMLResponse)$/i;

/** Whether a parameter of this name carries a credential. @param name as it stands in the URI, or decoded */
export function isSecretParameter(name: string): boolean {
  if (!name.includes('%')) return SECRET_PARAMETER.test(name);
  try {
    return SECRET_PARAMETER.test(decodeURIComponent(name));
  } catch {
    return SECRET_PARAMETER.test(name);
  }
}
