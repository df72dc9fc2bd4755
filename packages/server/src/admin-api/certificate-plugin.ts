/** `/poise/api/certificate`: what the server proves itself with, for administrators. docs/console.md describes it. */
import type { FastifyPluginCallback } from 'fastify';
import type { CertificateFacts, CertificateSource, InstallProblem } from '../certificates/installed.ts';
import { factsOf, InstallError } from '../certificates/installed.ts';
import type { ServerCertificate } from '../certificates/load.ts';
import { type Asking, admit, type RecordingDependencies, tellWrites } from './access.ts';
import { answerProblem, readJsonAlone, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';

/** The keeper, as this room knows it. */
export interface Certificates {
  readonly current: ServerCertificate;
  readonly source: CertificateSource;
  /** @throws InstallError */
  install(certificate: string, key: string): void;
  uninstall(): void;
}

export interface CertificatePluginDependencies extends RecordingDependencies {
  readonly certificates: Certificates;
}

const TEXT_MAX = 64 * 1024;

/** Which text is to blame, and why. */
const FAULTS: Readonly<Record<InstallProblem, readonly [field: string, message: string]>> = {
  NOT_A_CERTIFICATE: ['certificate', 'This is no certificate in PEM form, or more than ten of them.'],
  NOT_A_KEY: ['key', 'This is no private key in PEM form without a passphrase.'],
  MISMATCH: ['key', 'The key does not belong to the certificate.'],
  EXPIRED: ['certificate', 'The certificate has expired.'],
  NOT_YET: ['certificate', 'The certificate is not valid yet.'],
  CHAIN: [
    'certificate',
    'After the certificate comes the one that signed it, and so on: this order does not hold.',
  ],
  NOT_USABLE: ['certificate', 'The certificate or its key is too weak to be served.'],
};

export const certificatePlugin =
  (dependencies: CertificatePluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { certificates, now, note } = dependencies;
    const told = () => ({ source: certificates.source, chain: factsOf(certificates.current) });
    readJsonAlone(app);
    app.setErrorHandler(answerProblem);
    tellWrites(app, dependencies.tellWrite);
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));

    /** Done, and written down: what was served before and what is now; never a key. */
    const changing = async (
      method: string,
      { principal, client }: Asking,
      address: string,
      work: () => void,
    ) => {
      if (certificates.source === 'configured')
        throw new Problem('FIXED', 'The certificate is named by the setting https.certificate.');
      const before = leafOf(certificates);
      work();
      await note({
        at: now(),
        who: principal.loginId,
        address,
        client,
        method,
        path: '/poise/api/certificate',
        resource: 'certificate',
        objectId: 'server',
        before: JSON.stringify(before),
        after: JSON.stringify(leafOf(certificates)),
      });
      return told();
    };

    app.get('/certificate', async (request) => {
      await admit(dependencies, request, 'certificate.read', false);
      return told();
    });

    app.put('/certificate', async (request) => {
      const asking = await admit(dependencies, request, 'certificate.write', true);
      const { certificate, key } = textsOf(request.body);
      return changing('PUT', asking, request.ip, () => {
        try {
          certificates.install(certificate, key);
        } catch (error) {
          if (!(error instanceof InstallError)) throw error;
          const [field, message] = FAULTS[error.code];
          throw new Problem(error.code, message, [{ field, code: 'FORMAT', message }]);
        }
      });
    });

    app.delete('/certificate', async (request) => {
      const asking = await admit(dependencies, request, 'certificate.write', true);
      return changing('DELETE', asking, request.ip, () => certificates.uninstall());
    });
    refuseOtherMethods(app, '/certificate', 'GET, PUT, DELETE');
    done();
  };

const leafOf = ({ source, current }: Certificates): CertificateFacts & { source: CertificateSource } => ({
  source,
  ...(factsOf(current)[0] as CertificateFacts),
});

/** @throws Problem */
function textsOf(body: unknown): { readonly certificate: string; readonly key: string } {
  const { certificate, key } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const errors = Object.entries({ certificate, key }).flatMap(([field, text]) =>
    typeof text === 'string' && text !== '' && text.length <= TEXT_MAX
      ? []
      : [{ field, code: 'REQUIRED' as const, message: 'This is needed, in PEM form.' }],
  );
  if (errors.length > 0) throw new Problem('INVALID', 'The certificate is not taken.', errors);
  return { certificate: certificate as string, key: key as string };
}
