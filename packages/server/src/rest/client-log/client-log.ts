/** A desktop sends its log, as text or as a zip (rest-api.md 4.11). */
import { failure } from '../../domain/errors.ts';
import {
  CLIENT_LOG_CHARACTERS_MAX,
  CLIENT_LOG_LIMITS,
  COMPRESSED_LOG_BYTES_MAX,
  COMPRESSED_LOG_LIMITS,
  lastChild,
  readRoot,
} from '../../objects/request.ts';
import { type Answer, accepted, failed } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';
import { isZip } from './zip-form.ts';

function postClientLog(call: Call): Answer {
  const user = userOf(call);
  const root = readRoot(call.body, 'ClientLog', CLIENT_LOG_LIMITS);
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  call.announce(user.loginId, '');
  const data = lastChild(root.value, 'logData')?.text ?? '';
  if (data.trim() === '') return failed(failure('PARAMETER_MISSING', 'logData', 'logData Parameter missing'));
  if (data.length > CLIENT_LOG_CHARACTERS_MAX) return failed(failure('CLIENT_LOG_TOO_LONG'));
  call.dependencies.happenings.publish('client.log', { user: user.loginId, data }, call.cause);
  return accepted();
}

/** No source tells the body: it is that of ClientLog, its logData the zip in Base64, which is kept as it came and never unpacked. */
function postCompressedClientLog(call: Call): Answer {
  const user = userOf(call);
  const root = readRoot(call.body, 'ClientLog', COMPRESSED_LOG_LIMITS);
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  call.announce(user.loginId, '');
  const text = lastChild(root.value, 'logData')?.text.replace(/\s+/g, '') ?? '';
  if (text === '') return failed(failure('PARAMETER_MISSING', 'logData', 'logData Parameter missing'));
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return failed(failure('COMPRESSED_LOG_NO_ZIP'));
  const zip = Buffer.from(text, 'base64');
  if (zip.byteLength > COMPRESSED_LOG_BYTES_MAX) return failed(failure('COMPRESSED_LOG_TOO_LONG'));
  if (!isZip(zip)) return failed(failure('COMPRESSED_LOG_NO_ZIP'));
  call.dependencies.happenings.publish('client.log', { user: user.loginId, data: zip }, call.cause);
  return accepted();
}

export const CLIENT_LOG_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/ClientLog',
    methods: {
      POST: {
        operation: 'user.clientLog',
        request: 'clientLog.POST',
        body: CLIENT_LOG_LIMITS,
        handle: postClientLog,
      },
    },
  },
  {
    path: 'User/{userId}/CompressedClientLog',
    methods: {
      POST: {
        operation: 'user.compressedClientLog',
        request: 'compressedClientLog.POST',
        body: COMPRESSED_LOG_LIMITS,
        handle: postCompressedClientLog,
      },
    },
  },
];
