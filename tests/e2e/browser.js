// SPDX-License-Identifier: Apache-2.0
// A browser, and the demo page in it as a test sees it.

import puppeteer from 'puppeteer-core';

const kChromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
const kSoonMs = 20_000;

export function launch(name) {
  return name === 'firefox' ?
      puppeteer.launch(
          {browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr'}) :
      puppeteer.launch({
        browser: 'chrome',
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: kChromiumFlags,
      });
}

const selectorOf = (testid) => `[data-testid="${testid}"]`;

export class DemoPage {
  static async open(browser, url) {
    const page = new DemoPage();
    page.errors = [];
    page.page = await browser.newPage();
    page.page.on('pageerror', ({message}) => {
      // Firefox counts each EventSource that is refused, or cut off, among the errors of the page.
      if (!/^(Firefox can’t establish a connection|The connection to http)/.test(message))
        page.errors.push(message);
    });
    await page.page.goto(url);
    await page.page.waitForSelector('[data-ready="true"]', {timeout: kSoonMs});
    return page;
  }

  async close() {
    await this.page.close();
  }

  // Clicks as a script would: where the element stands does not matter.
  async click(testid) {
    await this.page.$eval(selectorOf(testid), (element) => element.click());
  }

  async fill(card, values) {
    await this.page.evaluate((id, named) => {
      const {elements} = document.querySelector(`#${id} form`);
      for (const [name, value] of Object.entries(named)) elements[name].value = value;
    }, card, values);
  }

  async say(text) {
    await this.page.$eval(selectorOf('room-text'), (input, value) => (input.value = value), text);
    await this.click('room-post');
  }

  text(testid) {
    return this.page.$eval(selectorOf(testid), (element) => element.textContent.trim());
  }

  async count(testid) {
    return Number(await this.text(testid));
  }

  status(card) {
    return this.page.$eval(selectorOf(`${card}-status`), (element) => ({...element.dataset}));
  }

  // What the card has logged, oldest first.
  async events(card) {
    return this.page.$$eval(
        `${selectorOf(`${card}-events`)} li`,
        (lines) =>
            lines
                .map(
                    (line) =>
                        ({event: line.dataset.event, id: line.dataset.id, text: line.textContent}))
                .reverse());
  }

  // Waits until the card is in one of the states, and the EventSource in the readyState if one is
  // given.
  async reaches(card, states, ready) {
    const wanted = [states].flat();
    try {
      await this.page.waitForFunction((selector, some, value) => {
        const {dataset} = document.querySelector(selector);
        return some.includes(dataset.state) && (value === null || dataset.ready === value);
      }, {timeout: kSoonMs, polling: 50}, selectorOf(`${card}-status`), wanted, ready ?? null);
    } catch {
      const {state, ready: now} = await this.status(card);
      throw new Error(
          `${card} is ${state} (readyState ${now}), not ${wanted} (${ready ?? 'any'}): ` +
          `${await this.text(`${card}-status`)}`);
    }
  }

  async waitFor(what, check, ...args) {
    try {
      await this.page.waitForFunction(check, {timeout: kSoonMs, polling: 50}, ...args);
    } catch (error) {
      throw new Error(`${what}: ${error.message}`);
    }
  }

  waitForCount(testid, least) {
    return this.waitFor(
        `${testid} of ${least}`,
        (selector, number) => Number(document.querySelector(selector).textContent) >= number,
        selectorOf(testid), least);
  }

  waitForChat(text) {
    return this.waitFor(
        `"${text}" in the chat`,
        (selector, wanted) => [...document.querySelectorAll(selector)].some(
            (line) => line.textContent === wanted),
        `${selectorOf('room-chat')} li`, text);
  }

  // The ids of what happened in the room, oldest first.
  async chatIds() {
    const ids = await this.page.$$eval(
        `${selectorOf('room-chat')} li`, (lines) => lines.map((line) => line.dataset.id));
    return ids.map(BigInt);
  }

  // Waits until the clock's card shows that so many watch.
  waitForConsumers(number) {
    return this.waitFor(
        `${number} consumers`,
        (wanted) =>
            document.querySelector('[data-testid="clock-consumers"]').textContent === wanted,
        String(number));
  }

  // What the page sees when it calls the gateway itself.
  fetch(url, options) {
    return this.page.evaluate(async (to, how) => {
      try {
        const response = await fetch(to, how);
        return {status: response.status, body: await response.text()};
      } catch (error) {
        return {failed: error.message};
      }
    }, url, options);
  }

  // The dark and light pixels of a canvas, for the QR reader.
  pixels(testid) {
    return this.page.$eval(selectorOf(testid), (canvas) => {
      const {width, height} = canvas;
      return {
        width,
        height,
        data: [...canvas.getContext('2d').getImageData(0, 0, width, height).data]
      };
    });
  }
}
