/** Every name of the original's library that its documents, its declarations or public gadgets use is there. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finesse, frame } from './frame.ts';

let finesse: Finesse;

beforeAll(async () => {
  ({ finesse } = await frame());
});

const words = (text: string): string[] => text.trim().split(/[\s,]+/);

const REST_BASE =
  words(`getId getData getRestUrl getProperty hasProperty isLoaded addHandler removeHandler refresh restRequest
  subscribe unsubscribe`);
const COLLECTION = words('getCollection get');

/** Services, of which there is one: their functions. */
const SERVICES: Readonly<Record<string, string[]>> = {
  'clientservices.ClientServices':
    words(`init registerOnConnectHandler registerOnDisconnectHandler unregisterOnConnectHandler
    unregisterOnDisconnectHandler registerOnConnectingHandler registerOnDisconnectingHandler registerOnReconnectingHandler
    registerOnUnloadingHandler unregisterOnConnectingHandler unregisterOnReconnectingHandler setLogger log
    getNotificationConnectionState getRestHost makeRequest subscribe unsubscribe subscribeNode unsubscribeNode getResourceID isMaster
    makeConnectionReq initBosh setFailoverMode getTunnelURL isTunnelLoaded`),
  'clientservices.Topics': words('getTopic'),
  'containerservices.ContainerServices':
    words(`init addHandler removeHandler makeActiveTabReq tabVisible activateMyTab activateTab
    getMyTabId getMyGadgetId showDialog hideDialog reloadMyGadget reloadMyGadgetFromUrl setMyGadgetTitle enableTitleBar collapseMyGadget
    expandMyGadget getMyGadgetView hideMyGadget showMyGadget showMyGadgetNotification hideMyGadgetNotification isTabbedGadget publish
    showCertificateBanner hideCertificateBanner`),
  'cslogger.ClientLogger': words('init log'),
  'containerservices.PopoverService': words('init showPopover updatePopover dismissPopover generatePayload'),
  'containerservices.PopoverSchema': words('getActionDataSchema getBannerDataSchema getTimerDataSchema'),
  'digital.ChannelService': words(
    'init addChannel updateChannel updateChannelMenu updateChannelState removeChannel',
  ),
  'containerservices.FinesseToaster': words('init showToaster'),
  'containerservices.NotificationPopoverService': words('init showNotification'),
  'containerservices.TaskActivityNotification': words(
    'init notifyTaskSelection registerForTaskNotifications requestCurrentTasks',
  ),
  'shortcutkey.ShortcutKeyService': words('init registerShortcutKey getShortcutKeys'),
  'utilities.DesktopCache': words('setGroup saveOrUpdateData fetchData deleteData clearData'),
  'utilities.JsonValidator': words('validateJson'),
  'utilities.Utilities':
    words(`validateHandler generateUUID currentTimeMillis getAuthHeaderString json2xml js2xml xml2js xml2json xml2JsObj
    getErrCode getErrData getErrOverrideable getJSONParser b64Encode b64Decode getCredentials getArray isArray getId getEquals trim
    removeSpaces escapeSpaces pad padWithWidth convertNullToEmptyString translateHTMLEntities translateXMLEntities getParameterByName
    getQueryString buildTimeString buildTimeStringWithOptionalHours buildElapsedTimeString buildElapsedTimeStringWithOptionalHours
    buildTotalTimeString buildHoldTimeString buildWrapupTimeString extractTime getDisplayTime convertTsToDuration
    convertTsToDurationWithFormat parseDateStringISO8601 dateToISOString convertDateToISODateString getCurrentDrift
    convertToServerTimeMillis currentServerTimeMillis getUserAuthString getToken getAuthTokenObj getAuthModes encodeNodeName
    extractHostname addCookie getCookie deleteCookie getDOMStoreItem setDOMStoreItem removeDOMStoreItem sendMessage receiveMessage
    downloadFile caseInsensitiveSort onGadgetFirstVisible adjustGadgetHeight whenAllDone getSanitizedUserAgentString`),
  'utilities.Utilities.bitMask': words('isSet all any'),
  'utilities.I18n': words('setGetter setBundle getString'),
  'utilities.MessageDisplay': words('showBannerError hideBanner'),
  'utilities.Logger': words('setDebug log info warn error'),
  'utilities.SaxParser': words('parse'),
  'restservices.InterruptActions': words('isValidAction'),
  'restservices.DialogLogoutActions': words('isValidAction'),
};

/** Classes: what their objects can do. */
const CLASSES: Readonly<Record<string, string[]>> = {
  RestBase: REST_BASE,
  RestCollectionBase: [...REST_BASE, ...COLLECTION],
  User: [
    ...REST_BASE,
    ...words(`getState getExtension getFirstName getLastName getFullName getDialogs getDialogsNoCache setState makeCall hasSupervisorRole
      hasAgentRole hasRole getTeamId getTeamName getSupervisedTeams getMediaList getPhoneBooks getQueues getWrapUpReasons
      getMediaPropertiesLayout getMediaPropertiesLayouts loadWorkflows getClientLog getNotReadyReasonCodes getSignoutReasonCodes
      getReasonCodeById getNotReadyReasonCodeId getReasonCodeLabel getReasonCode getPendingState getStateChangeTime
      isPendingStateChange isWrapUp getWrapUpOnIncoming isWrapUpRequired getWrapUpTimer isMobileAgent getMobileAgentMode
      getMobileAgentDialNumber getActiveDeviceId getDevices login loginMobileAgent signIn logout makeSMCall makeSMSCall makeBargeCall`),
  ],
  Users: [...REST_BASE, ...COLLECTION],
  Dialogs: [
    ...REST_BASE,
    ...COLLECTION,
    ...words('getDialogCount createNewCallDialog createNewSuperviseCallDialog createNewBargeCall'),
  ],
  Dialog: [
    ...REST_BASE,
    ...words(`getMediaProperties getFromAddress getToAddress getState getParticipants requestAction getCallType getDNIS getMediaType
      getDialogUri getParticipantTimerCounters makeConsultCall initiateDirectTransfer sendDTMFRequest updateWrapUpReason
      getCallVariable updateCallVariable updateCallVariables dropParticipant dropCall getDroppableParticipants
      isParticipantDroppable getCallbackInfo updateCallbackTime updateCallbackNumber cancelCallback reclassifyCall setSentDTMF
      isSentDTMF`),
  ],
  MediaList: [...REST_BASE, ...COLLECTION, 'getMedia'],
  Media: [
    ...REST_BASE,
    ...words(`getMediaId getName getState isLoggedIn getRoutable getInterruptible getMaxDialogLimit getInterruptAction
      getDialogLogoutAction getReasonCodeId getReasonCodeLabel setState login logout setRoutable getMediaDialogs`),
  ],
  MediaDialogs: [...REST_BASE, ...COLLECTION],
  MediaDialog: [
    ...REST_BASE,
    ...words('setTaskState transfer getMediaProperties getParticipants getState getMediaType getDialogUri'),
  ],
  Queues: [...REST_BASE, ...COLLECTION],
  Queue: [...REST_BASE, ...words('getName getStatistics')],
  PhoneBooks: [...REST_BASE, ...COLLECTION],
  PhoneBook: [...REST_BASE, ...words('getName getType getContacts getEmbeddedContacts')],
  Contacts: [...REST_BASE, ...COLLECTION],
  Contact: [...REST_BASE, ...words('getFirstName getLastName getPhoneNumber getDescription')],
  WrapUpReasons: [...REST_BASE, ...COLLECTION],
  WrapUpReason: [...REST_BASE, ...words('getLabel getUri getForAll')],
  Workflows: [...REST_BASE, ...COLLECTION],
  Workflow: [
    ...REST_BASE,
    ...words('getName getDescription getTriggerSet getConditionSet getWorkflowActions'),
  ],
  WorkflowActions: [...REST_BASE, ...COLLECTION],
  WorkflowAction: [...REST_BASE, ...words('getName getType getHandledBy getParams getActionVariables')],
  MediaPropertiesLayout: [...REST_BASE, ...words('getEmptyData')],
  MediaPropertiesLayouts: [...REST_BASE, ...COLLECTION],
  Team: [...REST_BASE, ...words('getName getUri getUsers')],
  Teams: [...REST_BASE, ...COLLECTION],
  TeamNotReadyReasonCodes: [...REST_BASE, ...COLLECTION],
  TeamSignOutReasonCodes: [...REST_BASE, ...COLLECTION],
  TeamWrapUpReasons: [...REST_BASE, ...COLLECTION],
  TeamPhoneBooks: [...REST_BASE, ...COLLECTION],
  TeamWorkflows: [...REST_BASE, ...COLLECTION],
  TeamMessage: [...REST_BASE, ...words('getContent getCreatedBy getTeams getDuration getCreatedAt')],
  TeamMessages: [...REST_BASE, ...COLLECTION],
  SystemInfo: [
    ...REST_BASE,
    ...words(`getStatus getCurrentTimestamp getXmppDomain getXmppPubSubDomain getPrimaryNode getSecondaryNode getAlternateHost
      getDeploymentType isUCCX isSingleNode getThisHost`),
  ],
  ClientLog: [...REST_BASE, 'sendLogs'],
  LayoutConfig: REST_BASE,
  TeamLayoutConfig: REST_BASE,
  ReasonCode: REST_BASE,
  ReasonCodes: [...REST_BASE, ...COLLECTION],
};

const CONSTANTS: Readonly<Record<string, string[]>> = {
  'restservices.User.States': words(
    'LOGIN LOGOUT NOT_READY READY RESERVED RESERVED_OUTBOUND RESERVED_OUTBOUND_PREVIEW TALKING HOLD WORK WORK_READY',
  ),
  'restservices.User.WorkMode': words('CALL_BY_CALL NAILED_CONNECTION'),
  'restservices.User.WrapUpMode': words('REQUIRED REQUIRED_WITH_WRAP_UP_DATA OPTIONAL NOT_ALLOWED'),
  'restservices.Dialog.Actions':
    words(`DROP ANSWER HOLD RETRIEVE BARGE_CALL PARTICIPANT_DROP MAKE_CALL UPDATE_SCHEDULED_CALLBACK
    CANCEL_SCHEDULED_CALLBACK CONSULT_CALL TRANSFER TRANSFER_SST CONFERENCE RECLASSIFY UPDATE_CALL_DATA START_RECORDING DTMF ACCEPT
    REJECT CLOSE`),
  'restservices.Dialog.States': words('ALERTING INITIATING INITIATED ACTIVE DROPPED FAILED ACCEPTED'),
  'restservices.Dialog.ParticipantStates': words('ALERTING ACTIVE HELD DROPPED WRAP_UP'),
  'restservices.Dialog.ReasonStates': words('BUSY BAD_DESTINATION OTHER DEVICE_RESOURCE_NOT_AVAILABLE'),
  'restservices.Dialog.CallTypes': words(
    'ACD_IN TRANSFER OUT CONSULT SUPERVISOR_MONITOR OUTBOUND_DIRECT_PREVIEW',
  ),
  'restservices.Media.States': words(
    'READY NOT_READY LOGOUT RESERVED ACTIVE PAUSED INTERRUPTED WORK WORK_READY',
  ),
  'restservices.MediaDialog.States': words(
    'OFFERED ACCEPTED ACTIVE PAUSED WRAPPING_UP INTERRUPTED CLOSED UNKNOWN',
  ),
  'restservices.MediaDialog.TaskActions': words('ACCEPT START PAUSE RESUME WRAP_UP TRANSFER CLOSE'),
  'restservices.InterruptActions': words('ACCEPT IGNORE'),
  'restservices.DialogLogoutActions': words('CLOSE TRANSFER'),
  'restservices.SystemInfo.Statuses': words('IN_SERVICE OUT_OF_SERVICE'),
  'containerservices.ContainerServices.Topics':
    words(`ACTIVE_TAB WORKFLOW_ACTION_EVENT TIMER_TICK_EVENT RELOAD_GADGET_EVENT
    GADGET_VIEW_CHANGED_EVENT MAX_AVAILABLE_HEIGHT_CHANGED_EVENT ACTIVE_CALL_STATUS_EVENT FINESSE_MAINTENANCE_MODE_EVENT`),
  'containerservices.WorkflowActionEvent.HandledBy': words('FINESSE OTHER'),
  'clientservices.Topics': words('REQUESTS RESPONSES EVENTS_CONNECTION_INFO PRESENCE'),
  'digital.ChannelService.STATE_STATUS': words('AVAILABLE UNAVAILABLE BUSY'),
  'digital.ChannelService.ICON_TYPE': words('COLLAB_ICON URL'),
  'digital.ChannelService.ICON_BADGE_TYPE': words('NONE INFO ERROR WARNING'),
  'digital.ChannelService.STATUS': words('SUCCESS FAILURE'),
  'containerservices.PopoverService.COUNTER_TYPE': words('COUNT_UP COUNT_DOWN'),
  'containerservices.FinesseToaster.TOASTER_DEFAULT_ICONS': words(
    'INCOMING_CALL_ICON INCOMING_CHAT_ICON INCOMING_TEAM_MESSAGE',
  ),
};

const EVENTS: Readonly<Record<string, string[]>> = {
  WorkflowActionEvent: words('getName getType getHandledBy getParams getActionVariables'),
  TimerTickEvent: words('getDateQueued'),
  GadgetViewChangedEvent: words('getGadgetId getTabId getMaxAvailableHeight getView'),
  MaxAvailableHeightChangedEvent: words('getMaxAvailableHeight'),
};

function find(path: string): Record<string, unknown> {
  let found: unknown = finesse;
  for (const part of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  return (found ?? {}) as Record<string, unknown>;
}

const missing = (of: Record<string, unknown>, names: readonly string[], type?: string): string[] =>
  names.filter((name) => (type === undefined ? of[name] === undefined : typeof of[name] !== type));

describe('every name is there', () => {
  test.each(Object.entries(SERVICES))('%s', (path, names) => {
    expect(missing(find(path), names, 'function')).toEqual([]);
  });

  test.each(Object.entries(CLASSES))('restservices.%s', (name, names) => {
    const { prototype } = find(`restservices.${name}`) as { prototype?: Record<string, unknown> };
    expect(prototype, 'the class').toBeDefined();
    expect(missing(prototype ?? {}, names, 'function')).toEqual([]);
  });

  test.each(Object.entries(EVENTS))('containerservices.%s', (name, names) => {
    const { prototype } = find(`containerservices.${name}`) as { prototype?: Record<string, unknown> };
    expect(missing(prototype ?? {}, names, 'function')).toEqual([]);
  });

  test.each(Object.entries(CONSTANTS))('%s', (path, names) => {
    expect(missing(find(path), names)).toEqual([]);
  });
});
