// SPDX-License-Identifier: Apache-2.0
// The phone's side of an upload: two unary calls, no stream.

import {call} from './stream.js';

const kMostThumbnailBytes = 32 * 1024;
const kThumbnailPixels = 240;

const {gateway} = await (await fetch('config.json')).json();
const query = new URLSearchParams(location.search);
const upload = {
  member_id: query.get('member_id'),
  identifier: query.get('identifier')
};
const part = (testid) => document.querySelector(`[data-testid="${testid}"]`);

function show(state, text) {
  part('phone-status').dataset.state = state;
  part('phone-status').textContent = text;
}

// Base64 of a JPEG that is small enough, whatever the picture looks like.
function thumbnailOf(canvas) {
  for (const quality of [0.8, 0.5, 0.2]) {
    const base64 = canvas.toDataURL('image/jpeg', quality).split(',')[1];
    if (base64.length * 0.75 <= kMostThumbnailBytes) return base64;
  }
  throw new Error('this picture cannot be made small enough');
}

async function add(name, canvas, bytes) {
  const picture =
      {name, contentType: 'image/jpeg', thumbnail: thumbnailOf(canvas), sizeBytes: bytes};
  const {count} = await call(gateway, 'demo.v1.Uploads/Add', {...upload, picture});
  show('added', `${count} added.`);
}

async function addFile(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, kThumbnailPixels / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  await add(file.name.slice(0, 60), canvas, file.size);
}

let samples = 0;
async function addSample() {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 96;
  const paint = canvas.getContext('2d');
  for (let i = 0; i < 8; ++i) {
    paint.fillStyle = `hsl(${(samples * 67 + i * 16) % 360} 65% ${35 + i * 5}%)`;
    paint.fillRect(0, i * 12, 96, 12);
  }
  await add(`sample-${++samples}.jpg`, canvas, 0);
}

async function trying(action) {
  try {
    await action();
  } catch (error) {
    show('failed', error.message);
  }
}

part('phone-files').addEventListener('change', (event) => trying(async () => {
                                                 for (const file of event.target.files)
                                                   await addFile(file);
                                               }));
part('phone-sample').addEventListener('click', () => trying(addSample));
part('phone-done')
    .addEventListener(
        'click', () => trying(async () => {
                   const {count} = await call(gateway, 'demo.v1.Uploads/Done', upload);
                   show('done', `Done: ${count ?? 0} added. You can close this page.`);
                 }));
document.documentElement.dataset.ready = 'true';
