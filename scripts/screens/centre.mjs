// What the demonstration centre is given for the pictures: call variables that say what they are, and a layout with tabs.
export const escapeXml = (xml) => xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const entry = (label, property, { popOver = false, editable = false } = {}) =>
  `<entry><displayName>${label}</displayName><mediaProperty>${property}</mediaProperty><showInPopOver>${popOver}</showInPopOver><uiEditable>${editable}</uiEditable></entry>`;

export const VARIABLES = `<MediaPropertiesLayout>
<header>${entry('Customer', 'callVariable1')}</header>
<column>${[
  entry('Customer', 'callVariable1'),
  entry('Status', 'callVariable2', { popOver: true }),
  entry('Order', 'callVariable3', { popOver: true }),
  entry('Concern', 'callVariable4', { popOver: true }),
].join('')}</column>
<column>${[
  entry('Language', 'callVariable5', { popOver: true }),
  entry('Note', 'callVariable6', { editable: true }),
  entry('Contract', 'callVariable7'),
  entry('Last contact', 'callVariable8'),
].join('')}</column>
</MediaPropertiesLayout>`;

const component = (id, file) => `<component id="${id}"><url>/desktop/scripts/js/${file}</url></component>`;

export const MULTI_TAB_LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <version>1262.01</version>
  <header>
    <leftAlignedColumns>
      <headercolumn width="300px">${component('logo', 'logo.js')}</headercolumn>
      <headercolumn width="230px">${component('state', 'agentvoicestate.component.js')}</headercolumn>
    </leftAlignedColumns>
    <rightAlignedColumns>
      <headercolumn width="50px">${component('new-call', 'makenewcall.component.js')}</headercolumn>
      <headercolumn width="72px">${component('identity', 'identity-component.js')}</headercolumn>
    </rightAlignedColumns>
  </header>
  <layout>
    <role>Agent</role>
    <page/>
    <tabs>
      <tab><id>work</id><icon>home</icon><label>Work</label><gadgets>
        <gadget id="box">/desktop/scripts/js/tabbedGadgets.js</gadget>
        <gadget id="call-control" managedBy="box">/desktop/scripts/js/callcontrol.js</gadget>
        <gadget id="queues" managedBy="box">/desktop/scripts/js/queueStatistics.js</gadget>
        <gadget id="calls" managedBy="box">/desktop/scripts/js/callHistory.js</gadget>
        <gadget id="states" managedBy="box">/desktop/scripts/js/stateHistory.js</gadget>
      </gadgets></tab>
    </tabs>
  </layout>
</finesseLayout>`;
