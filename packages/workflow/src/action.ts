/** What an action of a workflow comes to for one dialog: variables filled in, and nothing but what may be done. Pure. */
import type { WorkflowAction, WorkflowVariable } from '@poise/client';
import type { TreeNode } from './dialog-tree.ts';
import { parsePath, textAt } from './path.ts';
import { isSystemName, nodeOf } from './system-variables.ts';
import { asIs, escapeFor, expand, inUrl, namesIn } from './template.ts';

/** The payload of `finesse.containerservices.workflowActionEvent` (gadgets.md 7.5). */
export interface ActionEvent {
  readonly uri: string;
  readonly name: string;
  readonly type: string;
  /** FINESSE: the desktop carries it out, and gadgets may do more with it; OTHER: gadgets alone do. */
  readonly handledBy: 'FINESSE' | 'OTHER';
  readonly params: ReadonlyArray<{
    readonly name: string;
    readonly value: string;
    readonly expandedValue: string;
  }>;
  readonly actionVariables: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly node: string;
    readonly testValue: string;
    readonly actualValue: string;
  }>;
}

export interface BrowserPop {
  readonly type: 'BROWSER_POP';
  readonly action: string;
  readonly url: string;
  /** The same name uses the same window again; empty: a new one each time. */
  readonly windowName: string;
  readonly event: ActionEvent;
}

export interface HttpRequest {
  readonly type: 'HTTP_REQUEST';
  readonly action: string;
  readonly method: 'GET' | 'PUT' | 'POST';
  /** FINESSE: `url` is a path at this server, and the request bears the user's own authorisation. */
  readonly location: 'FINESSE' | 'OTHER';
  readonly url: string;
  /** Null: none. */
  readonly contentType: string | null;
  readonly body: string | null;
  readonly event: ActionEvent;
}

/** Handled by gadgets alone. */
export interface PublishedAction {
  readonly type: 'PUBLISH';
  readonly action: string;
  readonly event: ActionEvent;
}

/** An action that cannot be carried out, and why, in a sentence for the log. */
export interface ActionProblem {
  readonly type: 'PROBLEM';
  readonly action: string;
  readonly problem: string;
}

export type ExpandedAction = BrowserPop | HttpRequest | PublishedAction | ActionProblem;

const WINDOW_NAME_MAX = 40;
const CONTENT_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,499}$/;
const URL_MAX = 8_192;
const BODY_MAX = 65_536;
/** They would run in this page, or show what no server has said: files of this computer, insides of the browser. */
const SCRIPTS: ReadonlySet<string> = new Set([
  'javascript',
  'data',
  'vbscript',
  'blob',
  'filesystem',
  'file',
  'about',
  'view-source',
]);

export function expandAction(action: WorkflowAction, tree: TreeNode): ExpandedAction {
  const values = new Map<string, string>();
  const fill = (variable: WorkflowVariable) => {
    const path = parsePath(nodeOf(variable));
    values.set(variable.name, path === null ? '' : textAt(path, tree));
  };
  action.actionVariables.forEach(fill);
  // Who writes ${callVariable1} means it, whether the action has it among its variables or not.
  for (const { value } of action.params)
    for (const name of namesIn(value))
      if (!values.has(name) && isSystemName(name)) fill({ name, node: '', type: 'SYSTEM' });
  const params = new Map(action.params.map(({ name, value }) => [name, value]));
  const param = (name: string): string => (params.get(name) ?? '').trim();
  const valueAt = (name: string) => values.get(name);
  const event = eventOf(action, values);
  if (event.handledBy === 'OTHER') return { type: 'PUBLISH', action: action.name, event };
  const url = expand(param('path'), valueAt, inUrl);
  try {
    if (action.type === 'BROWSER_POP')
      return {
        type: 'BROWSER_POP',
        action: action.name,
        url: windowUrl(url),
        windowName: windowName(expand(param('windowName'), valueAt, asIs)),
        event,
      };
    if (action.type !== 'HTTP_REQUEST') throw new Refusal(`the type ${action.type} is not known`);
    const method = methodOf(param('method'));
    const location = locationOf(param('location'));
    const contentType = contentTypeOf(param('contentType'));
    const body = expand(params.get('body') ?? '', valueAt, escapeFor(contentType));
    if (body.length > BODY_MAX) throw new Refusal('the body is too long');
    const hasBody = method !== 'GET' && body !== '';
    return {
      type: 'HTTP_REQUEST',
      action: action.name,
      method,
      location,
      url: location === 'FINESSE' ? ownPath(url) : otherUrl(url),
      contentType: hasBody ? contentType : null,
      body: hasBody ? body : null,
      event,
    };
  } catch (error) {
    if (error instanceof Refusal) return { type: 'PROBLEM', action: action.name, problem: error.message };
    throw error;
  }
}

class Refusal extends Error {}

function eventOf(action: WorkflowAction, values: ReadonlyMap<string, string>): ActionEvent {
  const { uri, name, type, handledBy, params, actionVariables } = action;
  const contentType = contentTypeOf(params.find((one) => one.name === 'contentType')?.value ?? '');
  const escapeOf = (param: string) =>
    param === 'path' ? inUrl : param === 'body' ? escapeFor(contentType) : asIs;
  return {
    uri,
    name,
    type,
    // REST says FINESSE_DESKTOP, the library FINESSE.
    handledBy: handledBy === 'OTHER' ? 'OTHER' : 'FINESSE',
    params: params.map(({ name: param, value }) => ({
      name: param,
      value,
      expandedValue: expand(value, (variable) => values.get(variable), escapeOf(param)),
    })),
    actionVariables: actionVariables.map((variable) => ({
      name: variable.name,
      type: variable.type,
      node: variable.node,
      testValue: variable.testValue,
      actualValue: values.get(variable.name) ?? '',
    })),
  };
}

/** As a browser reads it: it skips white space and control characters in a scheme. */
const schemeOf = (url: string): string | undefined =>
  /^([a-z][a-z\d+.-]*):/i.exec(url.replace(/[^\x21-\x7e]/g, ''))?.[1]?.toLowerCase();

function windowUrl(url: string): string {
  if (url === '') throw new Refusal('it has no path');
  if (url.length > URL_MAX) throw new Refusal('the address is too long');
  const scheme = schemeOf(url);
  if (scheme !== undefined && SCRIPTS.has(scheme)) throw new Refusal(`${scheme}: is no address of a page`);
  return url;
}

/** Names that begin with `_` have a meaning to browsers: some of them would replace the desktop. */
const windowName = (name: string): string => name.trim().replace(/^_+/, '').slice(0, WINDOW_NAME_MAX);

function methodOf(method: string): HttpRequest['method'] {
  const upper = method.toUpperCase();
  if (upper === 'PUT' || upper === 'POST' || upper === 'GET') return upper;
  throw new Refusal(method === '' ? 'it has no method' : `the method ${method.slice(0, 20)} is not allowed`);
}

function locationOf(location: string): HttpRequest['location'] {
  const upper = location.toUpperCase();
  if (upper === 'FINESSE' || upper === 'OTHER') return upper;
  throw new Refusal(`the location ${location.slice(0, 20)} is not known`);
}

function contentTypeOf(contentType: string): string {
  const trimmed = contentType.trim();
  return CONTENT_TYPE.test(trimmed) ? trimmed : 'application/xml';
}

/** The user's authorisation goes with it: it stays at this server, and variables do not lead it anywhere else there. */
function ownPath(url: string): string {
  if (url.length > URL_MAX) throw new Refusal('the path is too long');
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(url) || url.includes('\\'))
    throw new Refusal('the path of a request to this server begins with one /');
  const segments = url.split(/[?#]/)[0]!.split('/');
  if (segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment)))
    throw new Refusal('a path with . or .. in it may lead elsewhere');
  return url;
}

function otherUrl(url: string): string {
  if (url.length > URL_MAX) throw new Refusal('the address is too long');
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(url))
    throw new Refusal('the address of a request begins with https:// or http://');
  return url;
}
