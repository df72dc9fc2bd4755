// Rows that many messages have in common.

/** The ten call variables, 40 characters each. */
export const CALL_VARIABLES = [
  ['CallVariable1', 'CALL_VAR_1_TAG'],
  ['CallVariable2', 'CALL_VAR_2_TAG'],
  ['CallVariable3', 'CALL_VAR_3_TAG'],
  ['CallVariable4', 'CALL_VAR_4_TAG'],
  ['CallVariable5', 'CALL_VAR_5_TAG'],
  ['CallVariable6', 'CALL_VAR_6_TAG'],
  ['CallVariable7', 'CALL_VAR_7_TAG'],
  ['CallVariable8', 'CALL_VAR_8_TAG'],
  ['CallVariable9', 'CALL_VAR_9_TAG'],
  ['CallVariable10', 'CALL_VAR_10_TAG'],
] as const;

/** Expanded call variables, scalar. */
export const NAMED_VARIABLES = {
  group: 'namedVariables',
  count: 'NumNamedVariables',
  fields: [['NamedVariable', 'NAMED_VARIABLE_TAG']],
} as const;

/** Expanded call variables, elements of arrays. */
export const NAMED_ARRAYS = {
  group: 'namedArrays',
  count: 'NumNamedArrays',
  fields: [['NamedArray', 'NAMED_ARRAY_TAG']],
} as const;

/** Clients that are interested in a call; each time stamp follows its signature. */
export const CTI_CLIENTS = {
  group: 'ctiClients',
  count: 'NumCTIClients',
  max: 16,
  fields: [
    ['CTIClientSignature', 'CTI_CLIENT_SIGNATURE_TAG'],
    ['CTIClientTimestamp', 'CTI_CLIENT_TIMESTAMP_TAG'],
  ],
} as const;

/** Parties that are connected after a conference or transfer. */
export const PARTIES = {
  group: 'parties',
  count: 'NumParties',
  max: 16,
  fields: [
    ['ConnectedPartyCallID', 'PARTY_CALLID_TAG'],
    ['ConnectedPartyDeviceIDType', 'PARTY_DEVID_TYPE_TAG'],
    ['ConnectedPartyDeviceID', 'PARTY_DEVID_TAG'],
  ],
} as const;
