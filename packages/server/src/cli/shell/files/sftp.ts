/** An SFTP server that the administrator names, as a place for an archive: `file get` of the original sends its archives to one (admin.md 3). */
import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import ssh2, { type SFTPWrapper } from 'ssh2';

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The key by which a server is known. */
export interface ServerKey {
  /** As `ssh` names it, e.g. `ssh-ed25519`. */
  readonly type: string;
  /** As `ssh` shows it: `SHA256:…`. */
  readonly fingerprint: string;
  /** Base64, as in a known_hosts file. */
  readonly key: string;
}

export interface SftpFolder {
  /** A new file; folders on the way to it are made. @throws what the server said */
  create(path: string): Promise<Writable>;
  /** Does nothing when the server is gone. */
  remove(path: string): Promise<void>;
  /** Rejects when the server goes: what is on its way then would wait for it for ever. */
  readonly lost: Promise<never>;
  close(): void;
}

/**
 * Signs in at a server. @param trusts asked for its key before the password is sent @param signal gives up
 * @throws Error with the words of the server, or of what is between
 */
export type SftpConnect = (
  server: SftpServer,
  trusts: (key: ServerKey) => Promise<boolean>,
  signal: AbortSignal,
) => Promise<SftpFolder>;

/** Somebody compares a fingerprint meanwhile. */
const READY_MS = 120_000;
const KEEP_ALIVE_MS = 10_000;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export const connectSftp: SftpConnect = (server, trusts, signal) =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const close = (): void => {
      signal.removeEventListener('abort', close);
      client.destroy();
    };
    signal.addEventListener('abort', close, { once: true });
    client.on('error', reject);
    client.on('close', () => {
      signal.removeEventListener('abort', close);
      reject(new Error('the connection was closed'));
    });
    // Some servers ask by this method alone; whatever they ask is the password.
    client.on('keyboard-interactive', (_name, _text, _language, prompts, finish) =>
      finish(prompts.map(() => server.password)),
    );
    client.on('ready', () => {
      client.sftp((error, sftp) => {
        if (error) {
          close();
          reject(error);
        } else resolve(folder(sftp, client));
      });
    });
    client.connect({
      host: server.host,
      port: server.port,
      username: server.user,
      password: server.password,
      tryKeyboard: true,
      readyTimeout: READY_MS,
      keepaliveInterval: KEEP_ALIVE_MS,
      hostVerifier: (bytes: Buffer, verify: (isTrusted: boolean) => void) => {
        void trusts(serverKey(bytes)).then(verify, () => verify(false));
      },
    });
  });

/** Of the key as it comes over the wire (RFC 4253 6.6): the type is its first string. */
function serverKey(bytes: Buffer): ServerKey {
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  return {
    type: bytes.toString('latin1', 4, 4 + Math.min(length, 64)),
    fingerprint: `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`,
    key: bytes.toString('base64'),
  };
}

function folder(sftp: SFTPWrapper, client: ssh2.Client): SftpFolder {
  const made = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      sftp.mkdir(path, { mode: FOLDER_MODE }, (error) => {
        if (!error) return resolve();
        // Version 3 of the protocol has no word for one that is there already.
        sftp.stat(path, (missing, found) =>
          missing || !found.isDirectory() ? reject(missing ?? error) : resolve(),
        );
      });
    });
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const lost = gone.then(() => Promise.reject(new Error('the connection was closed')));
  lost.catch(() => {});
  return {
    async create(path) {
      const parts = path.split('/');
      for (let at = 1; at < parts.length; at++) {
        const parent = parts.slice(0, at).join('/');
        if (parent !== '' && parent !== '.') await made(parent);
      }
      const file = sftp.createWriteStream(path, { flags: 'wx', mode: FILE_MODE });
      await new Promise<void>((resolve, reject) => {
        file.once('error', reject);
        file.once('open', () => {
          file.off('error', reject);
          resolve();
        });
      });
      return file;
    },
    remove: (path) =>
      Promise.race([new Promise<void>((resolve) => sftp.unlink(path, () => resolve())), gone]),
    lost,
    close: () => void client.end(),
  };
}
