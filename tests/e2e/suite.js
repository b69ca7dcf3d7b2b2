// SPDX-License-Identifier: Apache-2.0
// What the demo page promises, for one browser. The parts of the page are listed in
// services/page/app.js.

import jsqr from 'jsqr';
import assert from 'node:assert/strict';
import {after, afterEach, before, beforeEach, describe, it} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {DemoPage, launch} from './browser.js';
import {Stage} from './processes.js';

const kClosed = '2';
// Longer than the browser waits before it asks again: 3 s, 25 % more for jitter.
const kRetryMs = 4_500;

export function demoPageIn(name) {
  describe(`the demo page in ${name}`, {timeout: 300_000}, () => {
    const stage = new Stage();
    let browser;
    let page;

    before(async () => {
      await stage.start();
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      assert.deepEqual(await stage.stop(), {gateway: 0, other: 0, demo: 0});
    });
    // A page of its own for each test: a browser opens six connections to a host, no more.
    beforeEach(async () => {
      page = await DemoPage.open(browser, stage.page);
    });
    afterEach(async () => {
      assert.deepEqual(page.errors, []);
      await page.close();
    });

    const start = async (card, values = {}, state = 'open') => {
      await page.fill(card, values);
      await page.click(`${card}-start`);
      await page.reaches(card, state);
    };

    it('shows something that moves, in one tab of those that are open', async () => {
      const second = await DemoPage.open(browser, stage.page);
      await page.waitForCount('clock-count', 1);
      await page.waitForCount('ticker-count', 3);
      assert.match(await page.text('clock-now'), /^\d{4}-/);
      for (const card of ['room', 'uploads', 'tokens', 'faults'])
        assert.equal((await page.status(card)).state, 'idle');
      for (const card of ['clock', 'ticker'])
        assert.equal((await second.status(card)).state, 'idle');
      // The ticker of the second was told otherwise, so only its clock has its turn.
      await second.click('ticker-start');
      await second.click('ticker-stop');
      await page.page.goto('about:blank');
      await second.waitForCount('clock-count', 1);
      assert.equal((await second.status('ticker')).state, 'idle');
      await second.close();
    });

    it('shows the time, until it is told to stop', async () => {
      await start('clock', {interval: '0.1s'});
      await page.waitForCount('clock-count', 3);
      assert.match(await page.text('clock-now'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const [first] = await page.events('clock');
      assert.equal(first.event, 'stream-open');
      assert.match(first.text, /"stream":"demo\.v1\.Clock\/Watch","resume":"fresh"/);
      await page.click('clock-stop');
      const count = await page.count('clock-count');
      await sleep(500);
      assert.ok(await page.count('clock-count') <= count + 1);
    });

    it('shows quotes, with all digits of a 64-bit volume', async () => {
      await start('ticker', {symbols: 'ACME WONKA', interval: '0.1s'});
      await page.waitForCount('ticker-count', 6);
      const rows = await page.page.$$eval(
          '[data-testid="ticker-table"] tbody tr',
          (lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent)));
      assert.deepEqual(rows.map(([symbol]) => symbol), ['ACME', 'WONKA']);
      for (const [, price, bid, ask, volume] of rows) {
        assert.ok(
            Number(bid) < Number(price) && Number(price) < Number(ask), `${bid} ${price} ${ask}`);
        assert.match(volume, /^[\d,]{10,}$/);
      }
    });

    it('is told which symbol is not traded', async () => {
      await start('ticker', {symbols: 'ACME ACNE'}, 'refused');
      await page.waitFor(
          'the reason',
          () => document.querySelector('[data-testid="ticker-status"]')
                    .textContent.includes('ACNE is not traded'));
      assert.equal((await page.status('ticker')).ready, kClosed);
    });

    it('shares one call among all who watch the clock, and again when the gateway was killed', async () => {
      const interval = '0.12s';  // nobody else's
      const second = await DemoPage.open(browser, stage.slowPage);
      // What runs by itself is counted by now, and counts no more.
      for (const watcher of [page, second]) {
        await watcher.waitForCount('clock-count', 1);
        await watcher.reaches('ticker', 'open');
        await watcher.click('ticker-stop');
      }
      const {total} = await stage.other.watches();
      await start('clock', {interval});
      await page.waitForConsumers(1);
      await second.fill('clock', {interval});
      await second.click('clock-start');
      await second.reaches('clock', 'open');
      for (const watcher of [page, second]) await watcher.waitForConsumers(2);
      assert.equal((await stage.other.watches()).total, total + 1);
      assert.ok(await second.count('clock-rpcs') >= 1);

      stage.slowLink.bytesPerSecond = 300;  // a third of what comes
      const before = {page: await page.count('clock-count'), slow: await second.count('clock-count')};
      await page.waitForCount('clock-count', before.page + 40);
      const came = await second.count('clock-count') - before.slow;
      assert.ok(came < 35, `${came} came through a slow link`);
      assert.equal(await page.count('clock-opened'), 1);
      // What it lacks it gets as soon as it can: nothing was left out.
      stage.slowLink.bytesPerSecond = Infinity;
      await second.waitForCount(
          'clock-count', before.slow + await page.count('clock-count') - before.page);
      assert.equal(await second.count('clock-opened'), 1);

      await stage.gateway.kill();
      for (const watcher of [page, second]) await watcher.reaches('clock', 'reconnecting');
      await stage.gateway.start();
      for (const watcher of [page, second]) {
        await watcher.reaches('clock', 'gap');
        await watcher.waitForConsumers(2);
        await watcher.waitForCount('clock-count', await watcher.count('clock-count') + 5);
      }
      assert.equal((await stage.other.watches()).total, total + 2);

      await second.close();
      await page.waitForConsumers(1);
    });

    it('brings people into a room, and says who left', async () => {
      await start('room', {room: 'first', member: 'ann'});
      const second = await DemoPage.open(browser, stage.page);
      await second.fill('room', {room: 'first', member: 'bob'});
      await second.click('room-start');
      await second.reaches('room', 'open');
      await page.waitForChat('bob came in');
      await second.say('good morning');
      await page.waitForChat('bob: good morning');
      // Leaving the page must end the stream, even where the browser keeps the page for later.
      await second.page.goto('about:blank');
      await page.waitForChat('bob left');
      await second.close();
      await page.waitForCount('room-count', 4);
      const names = (await page.events('room')).map(({event}) => event);
      assert.deepEqual(
          names, ['stream-open', 'UserConnected', 'UserConnected', 'UserMessage', 'UserLeft']);
    });

    it('misses nothing in a room while it is away', async () => {
      await start('room', {room: 'away', member: 'ann'});
      await stage.gateway.post('away', 'bob', 'before');
      await page.waitForChat('bob: before');
      await page.click('room-away');
      for (let i = 0; i < 5; ++i) await stage.gateway.post('away', 'bob', `missed ${i}`);
      await page.reaches('room', 'resumed');
      await stage.gateway.post('away', 'bob', 'after');
      await page.waitForChat('bob: after');
      assertWithoutHoles(await page.chatIds(), 10);
    });

    it('follows an upload from the phone to its end', async () => {
      await start('uploads', {member_id: 'm1', identifier: `upload-${name}`});
      const link = await page.text('uploads-link');
      const {data, width, height} = await page.pixels('uploads-qr');
      assert.equal(jsqr(Uint8ClampedArray.from(data), width, height)?.data, link);

      const phone = await DemoPage.open(browser, link);
      await phone.click('phone-sample');
      await phone.waitFor(
          'the first picture',
          () => document.querySelector('[data-testid="phone-status"]').textContent === '1 added.');
      await phone.click('phone-sample');
      await page.waitFor(
          'two pictures',
          () => document.querySelectorAll('[data-testid="uploads-pictures"] img').length === 2);
      await phone.click('phone-done');
      await page.reaches('uploads', 'ended', kClosed);
      await phone.close();
      assert.equal(await page.count('uploads-opened'), 1);
      const sizes = await page.page.$$eval(
          '[data-testid="uploads-pictures"] img',
          (images) => images.map((image) => image.naturalWidth));
      assert.deepEqual(sizes, [96, 96]);
    });

    it('is told which parameters of an upload are missing', async () => {
      await start('uploads', {member_id: '', identifier: ''}, 'refused');
      await page.waitFor('the reason', () => {
        const {textContent} = document.querySelector('[data-testid="uploads-status"]');
        return textContent.includes('member_id') && textContent.includes('identifier');
      });
    });

    it('generates an answer once, though the browser asks again', async () => {
      const before = Number(await stage.gateway.usage());
      await start('tokens', {prompt: 'Why?', max_tokens: '8'}, ['open', 'ended']);
      await page.reaches('tokens', 'ended', kClosed);
      assert.equal((await page.text('tokens-text')).split(' ').length, 8);
      await sleep(kRetryMs);
      assert.equal(Number(await stage.gateway.usage()), before + 1);
      await page.waitFor(
          'the page knows as well',
          (usage) => document.querySelector('[data-testid="tokens-usage"]').textContent === usage,
          String(before + 1));
      assert.equal(await page.count('tokens-opened'), 1);
      assert.equal((await page.events('tokens')).at(-1).event, 'stream-end');
    });

    it('stays away after an error that is final', async () => {
      await start(
          'faults',
          {rate: '50', fail_after: '3', code: '5', message: 'no such thing', detail: 'really'},
          ['open', 'failed']);
      await page.reaches('faults', 'failed', kClosed);
      await sleep(kRetryMs);
      assert.equal(await page.count('faults-count'), 3);
      assert.equal(await page.count('faults-opened'), 1);
      const error = JSON.parse(await page.text('faults-error'));
      assert.equal(error.status, 'NOT_FOUND');
      assert.equal(error.message, 'no such thing');
      assert.equal(error.retryable, false);
      assert.equal(error.details[0].text, 'really');
    });

    it('comes back after an error that may pass', async () => {
      await start(
          'faults', {rate: '50', fail_after: '2', code: '14', message: 'tired'},
          ['open', 'reconnecting']);
      await page.waitForCount('faults-opened', 2);
      const error = JSON.parse(await page.text('faults-error'));
      assert.equal(error.status, 'UNAVAILABLE');
      assert.equal(error.retryable, true);
    });

    it('keeps up with a thousand events a second', async () => {
      await start(
          'faults', {rate: '1000', count: '3000', code: '0', fail_after: '0'}, ['open', 'ended']);
      await page.reaches('faults', 'ended');
      await page.waitForCount('faults-count', 3000);
      assert.equal(await page.count('faults-count'), 3000);
    });

    it('comes back by itself after the gateway was killed, and has missed nothing', async () => {
      await start('clock', {interval: '0.1s'});
      await start('room', {room: 'killed', member: 'ann'});
      await stage.gateway.post('killed', 'bob', 'before');
      await page.waitForChat('bob: before');
      await stage.gateway.kill();
      await page.reaches('clock', 'reconnecting');
      await page.reaches('room', 'reconnecting');
      for (let i = 0; i < 5; ++i) await stage.other.post('killed', 'bob', `missed ${i}`);
      await stage.gateway.start();
      await page.reaches('room', 'resumed');
      // The new gateway does not know the life of the stream that the old one shared.
      await page.reaches('clock', 'gap');
      await stage.gateway.post('killed', 'bob', 'after');
      await page.waitForChat('bob: after');
      assertWithoutHoles(await page.chatIds(), 10);
      assert.ok(await page.count('clock-opened') >= 2);
    });

    it('may call the gateway with credentials, which another origin may not', async () => {
      const request = {
        method: 'POST',
        credentials: 'include',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({text: 'hello'}),
      };
      const own = await page.fetch(`${stage.gateway.url}/demo.v1.Faults/Echo`, request);
      assert.equal(own.status, 200);
      assert.equal(JSON.parse(own.body).request.text, 'hello');

      // The same page under another name is another origin.
      const foreign = await DemoPage.open(browser, stage.page.replace('127.0.0.1', 'localhost'));
      assert.ok((await foreign.fetch(`${stage.gateway.url}/demo.v1.Faults/Echo`, request)).failed);
      await foreign.click('clock-start');
      await foreign.reaches('clock', 'refused', kClosed);
      await foreign.close();
    });
  });
}

// The ids of a room go up by one.
function assertWithoutHoles(ids, least) {
  assert.ok(ids.length >= least, `${ids.length} events, not ${least}`);
  assert.deepEqual(ids, ids.map((_, i) => ids[0] + BigInt(i)));
}
