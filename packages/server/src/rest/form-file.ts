/** A file out of multipart/form-data, as forms and scripts send it. */
import type { BusboyInstance } from '@fastify/busboy';

/**
 * @param body as a whole; its length was limited when it was read
 * @param name of the part
 * @returns the first part of this name, whether the client calls it a file or not; null when there is none, or the body is no form
 */
export async function formFile(
  body: Uint8Array,
  contentType: string,
  name: string,
): Promise<Uint8Array | null> {
  const { Busboy } = await import('@fastify/busboy');
  return new Promise((done) => {
    let file: Uint8Array | null = null;
    let form: BusboyInstance;
    try {
      form = new Busboy({
        headers: { 'content-type': contentType },
        // As bytes: what they mean is for the reader of the file to find out.
        defCharset: 'latin1',
        limits: { parts: 20, headerPairs: 20, fieldSize: body.length, fileSize: body.length },
        isPartAFile: (part) => part === name,
      });
    } catch {
      // It is no form, or has no boundary.
      return done(null);
    }
    form.on('file', (_part, stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        file ??= Buffer.concat(chunks);
      });
    });
    form.on('error', () => done(null));
    form.on('finish', () => done(file));
    form.end(body);
  });
}
