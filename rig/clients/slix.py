# slixmpp over TCP. Orders and records as in desk.mjs; it tries again by itself after a loss, and resumes (XEP-0198).
import asyncio, base64, json, os, sys, threading, urllib.error, urllib.request
import slixmpp

AGENT, PASSWORD, API = os.environ['AGENT'], os.environ['PASSWORD'], os.environ['API']
LIMIT_S = int(os.environ['REQUEST_MS']) / 1000

def tell(**record):
    sys.stdout.write(json.dumps(record) + '\n')
    sys.stdout.flush()

def request(order):
    body = order.get('body')
    call = urllib.request.Request(API + '/' + order['path'], method=order['method'], data=body.encode() if body is not None else None)
    call.add_header('Authorization', 'Basic ' + base64.b64encode((AGENT + ':' + PASSWORD).encode()).decode())
    call.add_header('requestId', order['id'])
    if body is not None:
        call.add_header('Content-Type', 'application/xml')
    try:
        with urllib.request.urlopen(call, timeout=LIMIT_S) as answer:
            tell(**{'is': 'answer', 'id': order['id'], 'status': answer.status, 'text': answer.read().decode()})
    except urllib.error.HTTPError as error:
        tell(**{'is': 'answer', 'id': order['id'], 'status': error.code, 'text': error.read().decode()})
    except Exception as error:
        tell(**{'is': 'answer', 'id': order['id'], 'status': 0, 'text': str(error)})

class Client(slixmpp.ClientXMPP):
    announced = False
    leaving = False
    retrying = False
    patience = None

    def __init__(self):
        super().__init__(AGENT + '@localhost/desktop', PASSWORD)
        self.register_plugin('xep_0060')
        self.register_plugin('xep_0198')
        self.register_plugin('xep_0199', {'keepalive': True, 'interval': 5, 'timeout': 5})
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('presence_available', self.presence)
        self.add_event_handler('session_resumed', self.resumed)
        self.add_event_handler('disconnected', self.gone)
        self.register_handler(slixmpp.xmlstream.handler.Callback('any', slixmpp.xmlstream.matcher.MatchXPath('{jabber:client}message'), self.heard))

    async def start(self, event):
        self.send_presence()

    def presence(self, presence):
        if presence['from'].user == 'finesse' and not self.announced:
            self.announced = True
            tell(**{'is': 'session'})

    def resumed(self, event):
        if not self.announced:
            self.announced = True
            tell(**{'is': 'session', 'resumed': True})

    def gone(self, why):
        self.announced = False
        tell(**{'is': 'lost', 'why': str(why)})
        if self.leaving:
            os._exit(0)
        self.retry()

    def retry(self):
        if not self.retrying:
            self.retrying = True
            self.loop.call_later(1, self.again)

    def again(self):
        self.announced = False
        self.retrying = False
        # One attempt at a time: the patience with the one before is over.
        if self.patience is not None:
            self.patience.cancel()
        self.patience = self.loop.call_later(10, self.give_up)
        self.connect(('127.0.0.1', int(os.environ['SERVICE'])), use_ssl=False, force_starttls=False, disable_starttls=True)

    def give_up(self):
        # A server that accepts and says nothing: the library waits for ever, or for minutes. The program is started again.
        if not self.announced and not self.leaving:
            os._exit(1)

    def heard(self, message):
        for items in message.xml.iter('{http://jabber.org/protocol/pubsub#event}items'):
            for item in items:
                text = next(e.text for e in item.iter() if e.tag.endswith('notification'))
                tell(**{'is': 'update', 'node': items.get('node'), 'item': item.get('id'), 'text': text})

client = Client()
client['feature_mechanisms'].unencrypted_plain = True

def leave():
    client.leaving = True
    client.send_presence(ptype='unavailable')
    client.disconnect(wait=0.2)
    client.loop.call_later(2, lambda: os._exit(0))

def obey():
    for line in sys.stdin:
        order = json.loads(line)
        if order['order'] == 'request':
            threading.Thread(target=request, args=(order,), daemon=True).start()
        else:
            tell(**{'is': 'left'})
            client.loop.call_soon_threadsafe(leave)
    os._exit(0)

tell(**{'is': 'up'})
threading.Thread(target=obey, daemon=True).start()
client.again()
client.loop.run_forever()
