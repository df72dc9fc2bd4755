"""Signs in with slixmpp, subscribes, prints what it sees. Arguments: jid password port mode node."""

import asyncio
import ssl
import sys

import slixmpp
from slixmpp.exceptions import IqError

jid, password, port, mode, node = sys.argv[1:]
domain = jid.split("@")[1].split("/")[0]


class Agent(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(jid, password)
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0060")
        self.register_plugin("xep_0199")
        self.ssl_context.check_hostname = False
        self.ssl_context.verify_mode = ssl.CERT_NONE
        self.seen = {}
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("presence_available", self.presence)
        self.add_event_handler("failed_auth", lambda _: sys.exit("failed"))
        self.register_handler(
            slixmpp.xmlstream.handler.Callback(
                "event",
                slixmpp.xmlstream.matcher.MatchXPath(
                    "{jabber:client}message/{http://jabber.org/protocol/pubsub#event}event"
                ),
                self.notified,
            )
        )
        self.done = asyncio.get_event_loop().create_future()
        self.finesse = asyncio.get_event_loop().create_future()

    def presence(self, stanza):
        if stanza["from"].user == "finesse" and not self.finesse.done():
            print("presence finesse", flush=True)
            self.finesse.set_result(True)

    async def started(self, _):
        # Subscribes before the presence, so that the event cannot come too early.
        lines = []
        roster = await self.get_roster()
        lines.append("roster %d" % len(roster["roster"]["items"]))
        await self["xep_0030"].get_info(jid=domain)
        await self["xep_0199"].ping(domain)
        await self["xep_0060"].subscribe("pubsub." + domain, node)
        lines.append("subscribed")
        try:
            await self["xep_0060"].subscribe("pubsub." + domain, "/nowhere")
        except IqError as error:
            assert error.condition == "item-not-found", error
        self.send_presence()
        await self.finesse
        for line in lines:
            print(line, flush=True)

    def notified(self, message):
        notification = message.xml.find(".//{http://jabber.org/protocol/pubsub}notification")
        if not self.done.done():
            self.done.set_result(notification.text)


async def main():
    agent = Agent()
    if mode == "direct":
        agent.connect(("127.0.0.1", int(port)), use_ssl=True, disable_starttls=True)
    else:
        agent.connect(("127.0.0.1", int(port)), disable_starttls=mode == "plain")
    if mode == "plain":
        agent["feature_mechanisms"].unencrypted_plain = True
    text = await asyncio.wait_for(agent.done, 15)
    print("event " + text, flush=True)
    await agent.disconnect()


asyncio.get_event_loop().run_until_complete(main())
