/** What the paths of workflows lead into: the Dialog as it stands in XML, and the User beside it. */
import type { Dialog, User } from '@poise/client';

export interface TreeNode {
  readonly name: string;
  /** Of a leaf; empty otherwise. */
  readonly text: string;
  readonly children: readonly TreeNode[];
}

/** The user whose workflows run. */
export type WorkflowUser = Pick<
  User,
  'loginId' | 'loginName' | 'firstName' | 'lastName' | 'extension' | 'teamName'
>;

const leaf = (name: string, text: string): TreeNode => ({ name, text, children: [] });
const group = (name: string, children: readonly TreeNode[]): TreeNode => ({ name, text: '', children });

/** @param ended the dialog is gone from the user's list: then the own part has left, whatever was told of it last */
export function treeOf(dialog: Dialog, user: WorkflowUser, ended: boolean): TreeNode {
  const { id, state, mediaType, fromAddress, toAddress, associatedDialogUri, secondaryId, uri } = dialog;
  const { callVariables, mediaProperties, participants } = dialog;
  const variables = callVariables.map(({ name, value }) =>
    group('CallVariable', [leaf('name', name), leaf('value', value)]),
  );
  const properties = Object.entries(mediaProperties).map(([name, text]) => leaf(name, text));
  const parties = participants.map((party) =>
    group('Participant', [
      leaf('mediaAddress', party.mediaAddress),
      leaf('mediaAddressType', party.mediaAddressType),
      leaf('state', ended && party.mediaAddress === user.extension ? 'DROPPED' : party.state),
      leaf('stateCause', party.stateCause),
      group(
        'actions',
        party.actions.map((action) => leaf('action', action)),
      ),
    ]),
  );
  return group('', [
    group('Dialog', [
      ...Object.entries({
        id,
        uri,
        state: ended ? 'DROPPED' : state,
        mediaType,
        fromAddress,
        toAddress,
        associatedDialogUri,
        secondaryId,
      }).map(([name, text]) => leaf(name, text)),
      group('mediaProperties', [...properties, group('callvariables', variables)]),
      group('participants', parties),
    ]),
    group(
      'User',
      (['loginId', 'loginName', 'firstName', 'lastName', 'extension', 'teamName'] as const).map((name) =>
        leaf(name, user[name]),
      ),
    ),
  ]);
}
