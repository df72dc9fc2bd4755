/** The layout of a new installation. */
import { readLayout } from './layout-reader.ts';
import type { LayoutModel } from './model.ts';

/** As an administrator sees it. Its comments say how to add what only other products bring. */
export const DEFAULT_LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <version>1262.01</version>
  <configs>
    <!-- The title and logo of the desktop. The logo is an .svg, .png, .gif or .jpg, at most 40 pixels high.
    <config key="title" value="Poise"/>
    <config key="logo" value="/3rdpartygadget/files/logo.png"/> -->
    <!-- Whether gadgets can be dragged and resized.
    <config key="enableDragDropAndResizeGadget" value="false"/> -->
    <!-- Whether the time of wrap-up counts down from the longest that is allowed.
    <config key="wrapUpCountDown" value="true"/> -->
  </configs>
  <header>
    <leftAlignedColumns>
      <headercolumn width="300px">
        <component id="cd-logo">
          <url>/desktop/scripts/js/logo.js</url>
        </component>
      </headercolumn>
      <headercolumn width="230px">
        <component id="agent-voice-state">
          <url>/desktop/scripts/js/agentvoicestate.component.js</url>
        </component>
      </headercolumn>
    </leftAlignedColumns>
    <rightAlignedColumns>
      <headercolumn width="50px">
        <component id="broadcastmessagepopover">
          <url>/desktop/scripts/js/teammessage.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="50px">
        <component id="make-new-call-component">
          <url>/desktop/scripts/js/makenewcall.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="72px">
        <component id="identity-component">
          <url>/desktop/scripts/js/identity-component.js</url>
        </component>
      </headercolumn>
    </rightAlignedColumns>
  </header>
  <layout>
    <role>Agent</role>
    <page>
      <gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget>
    </page>
    <tabs>
      <tab>
        <id>home</id>
        <icon>home</icon>
        <label>finesse.container.tabs.agent.homeLabel</label>
        <columns>
          <column>
            <gadgets>
              <gadget id="queue-statistics">/desktop/scripts/js/queueStatistics.js</gadget>
            </gadgets>
          </column>
        </columns>
      </tab>
      <tab>
        <id>myHistory</id>
        <icon>history</icon>
        <label>finesse.container.tabs.agent.myHistoryLabel</label>
        <columns>
          <column>
            <gadgets>
              <gadget id="call-history">/desktop/scripts/js/callHistory.js</gadget>
              <gadget id="state-history">/desktop/scripts/js/stateHistory.js</gadget>
            </gadgets>
          </column>
        </columns>
      </tab>
      <!-- A tab for gadgets about the customer who calls. Put the files of a gadget below 3rdpartygadget/files.
      <tab>
        <id>manageCall</id>
        <icon>manage-call</icon>
        <label>finesse.container.tabs.agent.manageCallLabel</label>
        <gadgets>
          <gadget>/3rdpartygadget/files/customer/customer.xml</gadget>
        </gadgets>
      </tab> -->
    </tabs>
  </layout>
  <layout>
    <role>Supervisor</role>
    <page>
      <gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget>
    </page>
    <tabs>
      <tab>
        <id>home</id>
        <icon>home</icon>
        <label>finesse.container.tabs.supervisor.homeLabel</label>
        <columns>
          <column>
            <gadgets>
              <gadget id="team-performance" maxRows="10">/desktop/scripts/js/teamPerformance.js</gadget>
              <gadget id="queue-statistics">/desktop/scripts/js/queueStatistics.js</gadget>
            </gadgets>
          </column>
        </columns>
      </tab>
      <tab>
        <id>myHistory</id>
        <icon>history</icon>
        <label>finesse.container.tabs.supervisor.myHistoryLabel</label>
        <columns>
          <column>
            <gadgets>
              <gadget id="call-history">/desktop/scripts/js/callHistory.js</gadget>
              <gadget id="state-history">/desktop/scripts/js/stateHistory.js</gadget>
            </gadgets>
          </column>
        </columns>
      </tab>
      <!-- Tabs for reports of your reporting server: of the teams (CL%20~teams~) and of the queues.
      <tab>
        <id>teamData</id>
        <icon>team-data</icon>
        <label>finesse.container.tabs.supervisor.teamDataLabel</label>
        <gadgets>
          <gadget>https://reporting.example.com:8444/cuicui/gadget/LiveData/LiveDataGadget.xml?gadgetHeight=310&amp;filterId_1=agent.id=CL%20~teams~</gadget>
        </gadgets>
      </tab>
      <tab>
        <id>queueData</id>
        <icon>queue-data</icon>
        <label>finesse.container.tabs.supervisor.queueDataLabel</label>
        <gadgets>
          <gadget>https://reporting.example.com:8444/cuicui/gadget/LiveData/LiveDataGadget.xml?gadgetHeight=310&amp;filterId_1=precisionQueue.id=CL%20teamName</gadget>
        </gadgets>
      </tab> -->
    </tabs>
  </layout>
</finesseLayout>
`;

let model: LayoutModel | undefined;

/** {@link DEFAULT_LAYOUT}, parsed when it is first asked for. */
export function defaultLayout(): LayoutModel {
  if (model === undefined) {
    const reading = readLayout(DEFAULT_LAYOUT, () => ({ left: [], right: [] }));
    if (!reading.ok) throw new Error(`The default layout is wrong: ${reading.errors[0]?.message}`);
    model = reading.layout;
  }
  return model;
}
