/** Devices of an extension (rest-api.md 4.1; CCE, CTI protocol from version 24 on). */
import { failure } from '../../domain/errors.ts';
import { DEVICE } from '../../objects/ecc-variable-config.ts';
import { listDocument } from '../../objects/list.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';

const CTI_VERSION_MIN = 24;

function get(call: Call): Answer {
  const { presenter, directory, systemInfo } = call.dependencies;
  const extension = call.parameters.extension ?? '';
  const shown = extension.slice(0, 64);
  call.announce(call.principal!.loginId, shown);
  const bad = (message: string): Answer => failed(failure('BAD_REQUEST', shown, message));
  // The original refuses these with 400, unlike other calls of one deployment.
  if (presenter.profile.deployment !== 'CCE') return bad('Devices is for Unified CCE only');
  if (!/^\d{1,32}$/.test(extension)) return bad('Invalid extension specified');
  if (systemInfo().ctiVersion < CTI_VERSION_MIN)
    return bad(`Devices needs CTI protocol version ${CTI_VERSION_MIN} or later`);
  const devices = directory.current.devices().filter((known) => known === extension);
  if (devices.length === 0)
    return failed(failure('NOT_FOUND', shown, 'There is no device with this extension'));
  return ok(listDocument('Devices', objectWriter(DEVICE, presenter.profile), devices));
}

export const DEVICES_RESOURCES: readonly Resource[] = [
  {
    path: 'Devices/{extension}',
    methods: { GET: { operation: 'devices.forExtension', request: 'devices.GET', handle: get } },
  },
];
