import { parentContainer, session } from '../frame/gadgets.ts';
import { text } from './text.ts';

/** Settings of the gadget (gadgets.md 6); what they hold is a string unless somebody put something else there. */
export type ConfigValues = Readonly<Record<string, unknown>>;

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whose requests these are. */
export const authorization = {
  /** The access token of single sign-on: the newest one, of the desktop page, before that of the gadget's own settings; "" without. */
  getToken: (config: ConfigValues = {}): string =>
    asText(parentContainer()?.Config?.authToken) || asText(config.authToken),

  /** `{token}`, or null without single sign-on. */
  getAuthTokenObj(config: ConfigValues = {}): { token: string } | null {
    const token = authorization.getToken(config);
    return token === '' ? null : { token };
  },

  /** The ways to sign in, as `systemAuthMode` names them. */
  getAuthModes: () => ({ SSO: 'SSO', NON_SSO: 'NON_SSO', HYBRID: 'HYBRID' }) as const,

  /** Base64 of `id:password` of the user; "" with single sign-on. */
  getUserAuthString: (): string => session()?.getItem('userFinesseAuth') ?? '',

  /**
   * `{id, password}` of the settings: as they are, or taken out of `authorization`; or of such a text in Base64 itself.
   * @throws Error for a text in which there is no colon
   */
  getCredentials(config: ConfigValues | string): { id: string; password: string } {
    if (typeof config === 'string') {
      if (!text.b64Decode(config).includes(':')) throw new Error('String is not colon delimited.');
      return authorization.getCredentials({ authorization: config });
    }
    if (asText(config.password) !== '') return { id: asText(config.id), password: asText(config.password) };
    const plain = text.b64Decode(asText(config.authorization));
    const colon = plain.indexOf(':');
    return colon === -1
      ? { id: asText(config.id), password: '' }
      : { id: plain.slice(0, colon), password: plain.slice(colon + 1) };
  },

  /** The value of an Authorization header: `Bearer …` with single sign-on, else `Basic …`; "" without either. */
  getAuthHeaderString(config: ConfigValues): string {
    const basic = asText(config.authorization);
    const token = authorization.getToken(config);
    if (token !== '' && (basic === '' || config.systemAuthMode === 'SSO')) return `Bearer ${token}`;
    if (basic !== '') return `Basic ${basic}`;
    const { id, password } = authorization.getCredentials(config);
    return password === '' ? '' : `Basic ${text.b64Encode(`${id}:${password}`)}`;
  },
};
