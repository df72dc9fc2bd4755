/** `/poise/api/gadgetFiles`: the folders that gadgets are served from, for administrators. docs/gadgets.md describes it. */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import {
  FolderError,
  type FolderProblem,
  type GadgetFolder,
  type GadgetFolders,
  UPLOAD_LIMITS,
  ZipError,
} from '../gadget-upload/index.ts';
import { admit, askingOf, type RecordingDependencies } from './access.ts';
import { answerProblem, refuseOtherMethods } from './plugin.ts';
import { Problem } from './problem.ts';

export interface GadgetFilesPluginDependencies extends RecordingDependencies {
  readonly folders: GadgetFolders;
}

const PATH = '/gadgetFiles';
const SENTENCES: Readonly<Record<FolderProblem, (about: string) => string>> = {
  BAD_FILE_NAME: (about) => `Under this name nothing can be served: ${about}`,
  FOLDER_EXISTS: (about) => `There is a folder ${about} already; replace=true takes its place.`,
  NAME_NEEDED: () => 'The files of the archive are in no folder of their own: give the name of one.',
  EMPTY: () => 'There is no file in the archive.',
  NOT_FOUND: () => 'There is no such folder.',
};
/** Of a name in a message. */
const ABOUT_MAX = 120;
/** Errors of the disk: full, read only, not allowed, too many open files. */
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY']);

export const gadgetFilesPlugin =
  (dependencies: GadgetFilesPluginDependencies): FastifyPluginCallback =>
  (app, _options, done) => {
    const { folders, now, note, tellWrite } = dependencies;
    // Neither is what a form can send: a browser that knows the password is not misused.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      ['application/zip', 'application/x-zip-compressed', 'application/octet-stream'],
      { parseAs: 'buffer', bodyLimit: UPLOAD_LIMITS.bytes },
      (_request, body, read) => read(null, body),
    );
    app.setErrorHandler((error, request, reply) =>
      answerProblem(problemOf(error as Failure), request, reply),
    );
    // Before the body is read: nobody else keeps 32 MiB here.
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('Cache-Control', 'no-store');
      const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
      await admit(dependencies, request, writes ? 'gadgetFiles.write' : 'gadgetFiles.read', writes);
    });

    /** Written down with what was there before and is there now; never with what the files hold. */
    const wrote = async (
      request: FastifyRequest,
      name: string,
      before: GadgetFolder | undefined,
      after: GadgetFolder | undefined,
    ): Promise<void> => {
      const { principal, client } = askingOf(request)!;
      const url = request.url.split('?')[0]!;
      await note({
        at: now(),
        who: principal.loginId,
        address: request.ip,
        client,
        method: request.method,
        path: url,
        resource: 'gadgetFiles',
        objectId: name,
        before: before === undefined ? null : JSON.stringify(told(before)),
        after: after === undefined ? null : JSON.stringify(told(after)),
      });
      const payload = after === undefined ? '' : JSON.stringify(told(after));
      tellWrite({ user: principal.loginId, method: request.method, url, payload });
    };

    app.get(PATH, async () => {
      const items = (await folders.list()).map(told);
      return { items, total: items.length };
    });

    app.post(PATH, async (request, reply: FastifyReply) => {
      const name = queryOf(request, 'name');
      const before = new Map((await folders.list()).map((folder) => [folder.name, folder]));
      const folder = await folders.unpack(bytesOf(request), name, queryOf(request, 'replace') === 'true');
      const was = before.get(folder.name);
      await wrote(request, folder.name, was, folder);
      if (was === undefined) {
        const here = request.url.split('?')[0]!;
        void reply.code(201).header('Location', `${here}/${encodeURIComponent(folder.name)}`);
      }
      return told(folder);
    });
    refuseOtherMethods(app, PATH, 'GET, POST');

    app.put(`${PATH}/:name`, async (request) => {
      const { name } = request.params as { name: string };
      const before = await folders.find(name);
      const folder = await folders.write(name, queryOf(request, 'path'), bytesOf(request));
      await wrote(request, name, before, folder);
      return told(folder);
    });

    app.delete(`${PATH}/:name`, async (request, reply) => {
      const { name } = request.params as { name: string };
      const before = await folders.find(name);
      await folders.remove(name);
      await wrote(request, name, before, undefined);
      return reply.code(204).send();
    });
    refuseOtherMethods(app, `${PATH}/:name`, 'PUT, DELETE');
    done();
  };

const told = ({ changedAt, ...folder }: GadgetFolder) => ({
  ...folder,
  changedAt: new Date(changedAt).toISOString(),
});

function queryOf({ query }: FastifyRequest, name: string): string {
  const value = (query as Readonly<Record<string, unknown>>)[name] ?? '';
  if (typeof value !== 'string') throw new Problem('BAD_REQUEST', `${name} is given more than once.`);
  return value;
}

/** An empty file has no body at all. */
const bytesOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

type Failure = Error & { statusCode?: number; code?: string };

function problemOf(error: Failure): Failure {
  if (error instanceof FolderError) {
    const about = error.about.length > ABOUT_MAX ? `${error.about.slice(0, ABOUT_MAX)}…` : error.about;
    return new Problem(error.code, SENTENCES[error.code](about));
  }
  if (error instanceof ZipError) return new Problem(error.code, error.message);
  if (error.statusCode === 413)
    return new Problem('TOO_LARGE', `The body has more than ${UPLOAD_LIMITS.bytes} bytes.`);
  if (error.statusCode === 415)
    return new Problem('NOT_FILES', 'The body has to be application/zip or application/octet-stream.');
  if (DISK.has(error.code ?? ''))
    return new Problem('NOT_WRITABLE', 'The files cannot be stored at the moment.');
  return error;
}
