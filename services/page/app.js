// SPDX-License-Identifier: Apache-2.0
// The page's cards. For browser tests every part has a data-testid:
//
//   CARD-start, -stop, -status, -count, -opened, -heartbeats, -last-id, -events,
//   where CARD is one of clock, room, uploads, ticker, tokens, faults:
//     -status   data-state: idle, connecting, open, resumed, gap, reconnecting, ended, failed or
//               refused; data-ready: the EventSource's readyState when it last said something
//     -events   newest first; each line has data-event and data-id
//   clock-now, -consumers, -rpcs · room-text, -post, -away, -chat · uploads-link, -qr, -pictures · ticker-table ·
//   tokens-text, -usage · faults-error · gateway
//   phone.html: phone-files, -sample, -done, -status

import {drawQr} from './qr.js';
import {call, Stream} from './stream.js';

const {gateway} = await (await fetch('config.json')).json();
const part = (testid) => document.querySelector(`[data-testid="${testid}"]`);
const fields = (name) => document.querySelector(`#${name} form`).elements;

function urlOf(method, parameters) {
  const url = new URL(`${gateway}/${method}`);
  for (const [name, value] of parameters) {
    if (value !== '') url.searchParams.append(name, value);
  }
  return url;
}

const clock = new Stream('clock', {
  url: () => urlOf('demo.v1.Clock/Watch', [['interval', fields('clock').interval.value]]),
  events: {Time: (time) => (part('clock-now').textContent = time.now)},
  presence: (subscribers) => {
    part('clock-consumers').textContent = subscribers;
    showWatches();
  },
});

async function showWatches() {
  try {
    const response = await fetch(`${gateway}/demo.v1.Clock/GetWatches`, {credentials: 'include'});
    // The default value of a field is left out of JSON.
    part('clock-rpcs').textContent = (await response.json()).running ?? 0;
  } catch {
    part('clock-rpcs').textContent = '–';
  }
}

// --- Room
const room = new Stream('room', {
  url: () => urlOf(
      'demo.v1.Room/Join',
      [
        ['room', fields('room').room.value],
        ['member', fields('room').member.value],
      ]),
  events: {
    UserConnected: (user, event) => say(event, `${user.member} came in`),
    UserMessage: (message, event) => say(event, `${message.member}: ${message.text}`),
    UserLeft: (user, event) => say(event, `${user.member} left`),
  },
  changed: (stream) => (part('room-away').disabled = stream.source === null),
});
fields('room').member.value = `guest-${crypto.getRandomValues(new Uint16Array(1))[0]}`;

function say(event, text) {
  const chat = part('room-chat');
  const line = document.createElement('li');
  line.dataset.id = event.lastEventId;
  line.className = event.type === 'UserMessage' ? '' : 'quiet';
  line.textContent = text;
  chat.append(line);
  while (chat.childElementCount > 1000) chat.firstChild.remove();
  chat.scrollTop = chat.scrollHeight;
}

room.parts.start.addEventListener('click', () => part('room-chat').replaceChildren());
part('room-away').addEventListener('click', () => {
  room.stop();
  room.parts.status.textContent = 'away';
  setTimeout(() => room.open(), 3000);
});
document.getElementById('room-post').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = part('room-text');
  if (text.value === '') return;
  try {
    await call(gateway, 'demo.v1.Room/Post', {
      room: fields('room').room.value,
      member: fields('room').member.value,
      text: text.value,
    });
    text.value = '';
  } catch (error) {
    room.parts.status.textContent = `not posted: ${error.message}`;
  }
});

// --- Uploads
const uploads = new Stream('uploads', {
  url: () => urlOf(
      'demo.v1.Uploads/Watch',
      [
        ['member_id', fields('uploads').member_id.value],
        ['identifier', fields('uploads').identifier.value],
      ]),
  events: {UploadList: (list) => part('uploads-pictures').replaceChildren(...pictures(list))},
});
fields('uploads').member_id.value = 'member-1';
fields('uploads').identifier.value =
    Array
        .from(
            crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'))
        .join('');

function pictures(list) {
  return (list.pictures ?? []).map((picture) => {
    const image = document.createElement('img');
    image.src = `data:${picture.contentType};base64,${picture.thumbnail}`;
    image.alt = '';
    const caption = document.createElement('figcaption');
    caption.textContent = picture.name;
    const figure = document.createElement('figure');
    figure.append(image, caption);
    const item = document.createElement('li');
    item.append(figure);
    return item;
  });
}

uploads.parts.start.addEventListener('click', () => {
  const link = new URL('phone.html', location.href);
  link.searchParams.set('member_id', fields('uploads').member_id.value);
  link.searchParams.set('identifier', fields('uploads').identifier.value);
  part('uploads-link').href = link;
  part('uploads-link').textContent = link;
  part('uploads-pictures').replaceChildren();
  part('uploads-phone').hidden = false;
  part('uploads-qr').hidden = !drawQr(part('uploads-qr'), link.href);
});

// --- Ticker
const kPrice = new Intl.NumberFormat('en', {minimumFractionDigits: 2});
const ticker = new Stream('ticker', {
  url: () => urlOf(
      'demo.v1.Ticker/Watch',
      [
        ...fields('ticker').symbols.value.split(/[\s,]+/).map((symbol) => ['symbols', symbol]),
        ['interval', fields('ticker').interval.value],
      ]),
  events: {Tick: showTick},
});
ticker.parts.start.addEventListener(
    'click', () => part('ticker-table').tBodies[0].replaceChildren());

function showTick(tick) {
  const body = part('ticker-table').tBodies[0];
  let row = [...body.rows].find((known) => known.dataset.symbol === tick.symbol);
  if (!row) {
    row = body.insertRow();
    row.dataset.symbol = tick.symbol;
    for (let i = 0; i < 5; ++i) row.insertCell().className = i === 0 ? '' : 'number';
  }
  // The volume is an int64, so JSON has it as a string: BigInt keeps all its digits.
  const texts = [
    tick.symbol,
    kPrice.format(tick.price),
    kPrice.format(tick.quote.bid),
    kPrice.format(tick.quote.ask),
    BigInt(tick.volume).toLocaleString('en'),
  ];
  texts.forEach((text, i) => (row.cells[i].textContent = text));
  row.cells[1].dataset.direction = tick.direction ?? '';
}

// --- Tokens
const tokens = new Stream('tokens', {
  url: () => urlOf(
      'demo.v1.Tokens/Generate',
      [
        ['prompt', fields('tokens').prompt.value],
        ['max_tokens', fields('tokens').max_tokens.value],
      ]),
  events: {Token: (token) => (part('tokens-text').textContent += token.text)},
  changed: showUsage,
});
tokens.parts.start.addEventListener('click', () => (part('tokens-text').textContent = ''));

async function showUsage() {
  try {
    const response = await fetch(`${gateway}/demo.v1.Tokens/GetUsage`, {credentials: 'include'});
    // The default value of a field is left out of JSON.
    part('tokens-usage').textContent = (await response.json()).generations ?? 0;
  } catch {
    part('tokens-usage').textContent = '–';
  }
}

// --- Faults
const faults = new Stream('faults', {
  url: () => urlOf(
      'demo.v1.Faults/Run', Array.from(fields('faults'), (input) => [input.name, input.value])),
  events: {FaultsEvent: () => {}},
  changed: ({error}) => {
    part('faults-error').textContent = error ? JSON.stringify(error) : 'none';
  },
});

part('gateway').textContent = gateway;
showUsage();

// A browser keeps a page that is left in its back-forward cache, and Chromium keeps its streams
// open there: nobody looks, but the service goes on sending. So close on the way out, and open
// again on the way in.
const streams = [clock, room, uploads, ticker, tokens, faults];
let paused = [];
addEventListener('pagehide', () => {
  paused = streams.filter((stream) => stream.source !== null && !stream.final);
  for (const stream of paused) stream.close();
});
addEventListener('pageshow', (event) => {
  for (const stream of paused.splice(0)) stream.open();
  if (event.persisted) moveByItself();
});
for (const form of document.querySelectorAll('.card > form:not([id])')) {
  form.addEventListener('submit', (event) => event.preventDefault());
}
moveByItself();
document.documentElement.dataset.ready = 'true';

// Who opens the page sees something move. Of several tabs only one starts streams unasked, and when
// it goes the next: all of them together have six connections to the gateway, and each stream keeps
// one.
function moveByItself() {
  const start = () => {
    for (const stream of [clock, ticker].filter(({untouched}) => untouched)) stream.start();
  };
  // Only pages of a secure origin, which 127.0.0.1 is, have locks.
  if (!navigator.locks) return start();
  const hidden = new AbortController();
  const gone = new Promise((resolve) => hidden.signal.addEventListener('abort', resolve));
  addEventListener('pagehide', () => hidden.abort(), {once: true});
  navigator.locks
      .request(
          'moves by itself', {signal: hidden.signal},
          () => {
            start();
            return gone;
          })
      .catch(() => {});  // hidden before its turn came
}
