/** ECCVariableConfig: the expanded call variables that clients may offer (rest-api.md 8). */
import { ECC_VARIABLE } from '../../objects/ecc-variable-config.ts';
import { listDocument } from '../../objects/list.ts';
import { objectWriter } from '../../objects/writer.ts';
import { byText } from '../../store/snapshot.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { handler } from './configuration.ts';

/** Bytes of one value, whatever its name (rest-api.md 4.2). */
const LENGTH_MAX = 210;

/** Nobody configures them here: those that the layouts of call variables show, arrays under their name. */
function list(call: Call): Answer {
  const { directory, presenter } = call.dependencies;
  const layouts = directory.current.mediaPropertiesLayouts();
  const names = layouts
    .flatMap(({ header, columns }) => [...(header === null ? [] : [header]), ...columns.flat()])
    .flatMap(({ mediaProperty }) => /^user\.[^[]+/.exec(mediaProperty)?.[0] ?? []);
  const variables = [...new Set(names)].sort(byText).map((name) => ({ name, length: LENGTH_MAX }));
  return ok(listDocument('ECCVariableConfig', objectWriter(ECC_VARIABLE, presenter.profile), variables));
}

export const ECC_VARIABLE_RESOURCES: readonly Resource[] = [
  {
    path: 'ECCVariableConfig',
    methods: {
      GET: { ...handler('eccVariableConfig.read', 'eccVariableConfig.GET', list), deployment: 'CCE' },
    },
  },
];
