// SPDX-License-Identifier: Apache-2.0
// One stream on the page: an EventSource, its state, and a log of what came.

const kMostLogLines = 200;
const kSluiceEvents = [
  'stream-open',
  'stream-end',
  'stream-error',
  'stream-gap',
  'stream-heartbeat',
  'stream-presence',
];
const kStateTexts = {
  idle: 'not started',
  connecting: 'connecting',
  open: 'open',
  resumed: 'open, resumed',
  gap: 'open, after a gap',
  reconnecting: 'coming back',
  ended: 'ended for good',
  failed: 'failed for good',
  refused: 'refused',
};

// The gateway is another origin; `credentials` makes the browser send cookies there, and accept the
// answer only because the gateway names this page's origin.
export async function call(gateway, method, request) {
  const response = await fetch(`${gateway}/${method}`, {
    method: 'POST',
    credentials: 'include',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(request),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export class Stream {
  // `url()` is asked at each start. `events` maps the names of events to what is done with their
  // data; `presence` is told how many watch, where the stream says so.
  constructor(name, {url, events, changed = () => {}, presence = () => {}}) {
    this.url = url;
    this.events = events;
    this.changed = changed;
    this.presence = presence;
    this.source = null;
    this.untouched = true;
    this.lastId = '';
    this.parts = this.#addPanel(name);
    this.queue = [];
    this.uncounted = 0;
    this.parts.start.addEventListener('click', () => this.start());
    this.parts.stop.addEventListener('click', () => this.stop());
  }

  start() {
    this.untouched = false;
    this.lastId = '';
    // What the last start brought and nobody has seen yet.
    this.queue = [];
    this.uncounted = 0;
    for (const part of ['count', 'opened', 'heartbeats']) this.parts[part].textContent = '0';
    this.parts.events.replaceChildren();
    this.parts['last-id'].textContent = '–';
    this.error = null;
    this.open();
  }

  // Goes on where it was. A new EventSource cannot send the Last-Event-ID header, so the id stands
  // in the query; when this EventSource reconnects by itself later, its header wins.
  open() {
    this.source?.close();
    this.final = false;
    const url = new URL(this.url());
    if (this.lastId) url.searchParams.set('lastEventId', this.lastId);
    this.source = new EventSource(url, {withCredentials: true});
    this.source.addEventListener('error', () => this.#disconnected());
    for (const type of kSluiceEvents) {
      this.source.addEventListener(type, (event) => this.#fromSluice(event));
    }
    for (const [type, act] of Object.entries(this.events)) {
      this.source.addEventListener(type, (event) => {
        this.#log(event);
        act(JSON.parse(event.data), event);
      });
    }
    this.#set('connecting');
  }

  stop() {
    this.close();
    this.#set('idle');
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  #fromSluice(event) {
    this.#log(event);
    const data = JSON.parse(event.data);
    if (event.type === 'stream-open') {
      this.#add('opened');
      this.#set(data.resume === 'fresh' ? 'open' : data.resume);
    } else if (event.type === 'stream-heartbeat') {
      this.#add('heartbeats');
    } else if (event.type === 'stream-presence') {
      this.presence(data.subscribers);
    } else if (event.type === 'stream-gap') {
      // The stream goes on, but something may have been missed.
      this.#set('gap');
    } else if (event.type === 'stream-end') {
      // Of an endless stream, this is a short farewell; its id says so.
      this.final = event.lastEventId.endsWith('~end');
      this.#set(this.final ? 'ended' : 'reconnecting');
    } else if (event.type === 'stream-error') {
      this.error = data;
      this.final = !data.retryable;
      this.#set(this.final ? 'failed' : 'reconnecting');
    }
  }

  // The browser says no more than this: the connection is gone, and whether it will ask again.
  #disconnected() {
    if (this.final) return this.#set(this.parts.status.dataset.state);
    if (this.source?.readyState === EventSource.CLOSED) {
      this.#explain(this.source.url);
      return this.#set('refused');
    }
    this.#set('reconnecting');
  }

  // An EventSource hides why it was refused; fetch shows it.
  async #explain(url) {
    const abort = new AbortController();
    try {
      const response = await fetch(url, {
        credentials: 'include',
        headers: {Accept: 'text/event-stream'},
        signal: abort.signal,
      });
      if (!response.ok) {
        this.error = await response.json();
        this.parts.status.textContent = `refused: ${this.error.message}`;
        this.changed(this);
      }
    } catch {
      this.parts.status.textContent = 'refused, and the gateway does not answer';
    } finally {
      abort.abort();
    }
  }

  #set(state) {
    const {status, start, stop} = this.parts;
    status.dataset.state = state;
    status.dataset.ready = this.source?.readyState ?? EventSource.CLOSED;
    const asksOnce = this.final && status.dataset.ready !== String(EventSource.CLOSED);
    status.textContent = kStateTexts[state] + (asksOnce ? ' (the browser asks once more)' : '');
    start.textContent = this.source === null ? 'Start' : 'Restart';
    stop.disabled = this.source === null;
    this.changed(this);
  }

  #add(part) {
    this.parts[part].textContent = Number(this.parts[part].textContent) + 1;
  }

  // A stream may bring thousands of events a second; the page is touched twenty times at most.
  #log(event) {
    if (event.lastEventId) this.lastId = event.lastEventId;
    if (!event.type.startsWith('stream-')) ++this.uncounted;
    if (this.queue.length === 0) setTimeout(() => this.#flush(), 50);
    this.queue.push({type: event.type, id: event.lastEventId, data: event.data});
    if (this.queue.length > kMostLogLines) this.queue.shift();
  }

  #flush() {
    const {events, count} = this.parts;
    count.textContent = Number(count.textContent) + this.uncounted;
    this.uncounted = 0;
    this.parts['last-id'].textContent = this.lastId || '–';
    for (const {type, id, data} of this.queue.splice(0)) {
      const line = document.createElement('li');
      line.dataset.event = type;
      line.dataset.id = id;
      const name = document.createElement('b');
      name.textContent = type;
      const about = document.createElement('i');
      about.textContent = id ? ` ${id} ` : ' ';
      line.append(name, about, data.slice(0, 500));
      events.prepend(line);
    }
    while (events.childElementCount > kMostLogLines) events.lastChild.remove();
  }

  #addPanel(name) {
    const panel = document.getElementById('panel').content.cloneNode(true);
    const parts = {};
    for (const element of panel.querySelectorAll('[data-part]')) {
      element.dataset.testid = `${name}-${element.dataset.part}`;
      parts[element.dataset.part] = element;
    }
    parts.status.setAttribute('aria-label', `State of ${name}`);
    parts.events.setAttribute('aria-label', `Events of ${name}`);
    document.getElementById(name).append(panel);
    return parts;
  }
}
