// SPDX-License-Identifier: Apache-2.0
// A QR code of a short text (ISO/IEC 18004): byte mode, error correction level L, versions 1 to 9,
// always mask 0. That is little of the standard, and all that a link of up to 230 bytes needs.
//
// The text becomes data codewords, these are split into blocks, each block gets its Reed-Solomon
// codewords, the blocks are interleaved, and the bits are laid out in a zigzag around the fixed
// patterns.

// By version: data codewords in a block, blocks, error correction codewords in a block, and where
// the alignment patterns stand.
const kVersions = [
  null,
  {data: 19, blocks: 1, check: 7, align: []},
  {data: 34, blocks: 1, check: 10, align: [6, 18]},
  {data: 55, blocks: 1, check: 15, align: [6, 22]},
  {data: 80, blocks: 1, check: 20, align: [6, 26]},
  {data: 108, blocks: 1, check: 26, align: [6, 30]},
  {data: 68, blocks: 2, check: 18, align: [6, 34]},
  {data: 78, blocks: 2, check: 20, align: [6, 22, 38]},
  {data: 97, blocks: 2, check: 24, align: [6, 24, 42]},
  {data: 116, blocks: 2, check: 30, align: [6, 26, 46]},
];
const kQuiet = 4;  // the margin, in modules, that readers need

// GF(256) with the polynomial of the standard.
const exponents = new Uint8Array(510);
const logarithms = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; ++i) {
  exponents[i] = exponents[i + 255] = value;
  logarithms[value] = i;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? exponents[logarithms[a] + logarithms[b]] : 0);

function checkOf(block, count) {
  // The product of (x - a^i), highest power first.
  let generator = [1];
  for (let i = 0; i < count; ++i) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => (next[at + 1] ^= times(factor, exponents[i])));
    generator = next;
  }
  const rest = [...block, ...new Array(count).fill(0)];
  for (let at = 0; at < block.length; ++at) {
    const factor = rest[at];
    generator.forEach((value, i) => (rest[at + i] ^= times(value, factor)));
  }
  return rest.slice(block.length);
}

// The remainder of a BCH code: `value` shifted up by the generator's degree.
function remainder(value, generator, degree) {
  let rest = value << degree;
  for (let bit = 31 - Math.clz32(rest); bit >= degree; bit = 31 - Math.clz32(rest)) {
    rest ^= generator << (bit - degree);
  }
  return rest;
}

function codewordsOf(bytes, {data, blocks, check}) {
  const bits = [];
  const put = (value, count) => {
    while (count-- > 0) bits.push((value >> count) & 1);
  };
  put(4, 4);  // byte mode
  put(bytes.length, 8);
  bytes.forEach((byte) => put(byte, 8));
  put(0, 4);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) {
    words.push(bits.slice(i, i + 8).reduce((word, bit, at) => word | (bit << (7 - at)), 0));
  }
  for (let pad = 0xec; words.length < data * blocks; pad ^= 0xec ^ 0x11) words.push(pad);

  const parts = Array.from({length: blocks}, (_, i) => words.slice(i * data, (i + 1) * data));
  const checks = parts.map((part) => checkOf(part, check));
  const interleave = (rows) => rows[0].flatMap((_, i) => rows.map((row) => row[i]));
  return [...interleave(parts), ...interleave(checks)];
}

// -1 where data goes; 0 or 1 where a pattern is fixed.
function fixedPatterns(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({length: size}, () => new Int8Array(size).fill(-1));
  const set = (row, column, value) => {
    if (row >= 0 && column >= 0 && row < size && column < size) grid[row][column] = value;
  };
  const rings = (row, column, reach, isDark) => {
    for (let r = -reach; r <= reach; ++r) {
      for (let c = -reach; c <= reach; ++c) {
        set(row + r, column + c, Number(isDark(Math.max(Math.abs(r), Math.abs(c)))));
      }
    }
  };
  for (let i = 8; i < size - 8; ++i) {
    set(6, i, (i + 1) % 2);
    set(i, 6, (i + 1) % 2);
  }
  const {align} = kVersions[version];
  const last = align.length - 1;
  align.forEach((row, r) => align.forEach((column, c) => {
    const underFinder = (r === 0 && c === 0) || (r === 0 && c === last) || (r === last && c === 0);
    if (!underFinder) rings(row, column, 2, (ring) => ring !== 1);
  }));
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) {
    rings(row, column, 4, (ring) => ring !== 2 && ring !== 4);
  }
  setFormat(set, size);
  if (version >= 7) setVersion(set, size, version);
  return grid;
}

// Level L, mask 0, twice.
function setFormat(set, size) {
  const level = 1 << 3;
  const bits = ((level << 10) | remainder(level, 0x537, 10)) ^ 0x5412;
  for (let i = 0; i < 15; ++i) {
    const bit = (bits >> i) & 1;
    set(i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, 8, bit);
    set(8, i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i, bit);
  }
  set(size - 8, 8, 1);
}

function setVersion(set, size, version) {
  const bits = (version << 12) | remainder(version, 0x1f25, 12);
  for (let i = 0; i < 18; ++i) {
    const bit = (bits >> i) & 1;
    set(Math.floor(i / 3), size - 11 + (i % 3), bit);
    set(size - 11 + (i % 3), Math.floor(i / 3), bit);
  }
}

// The modules of the code, rows of 0 and 1; null for a text that is too long.
export function qrModules(text) {
  const bytes = new TextEncoder().encode(text);
  const version =
      kVersions.findIndex((known) => known && known.data * known.blocks - 2 >= bytes.length);
  if (version < 0) return null;
  const words = codewordsOf(bytes, kVersions[version]);
  const grid = fixedPatterns(version);
  const size = grid.length;
  let next = 0;
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;  // the column of the timing pattern
    for (let step = 0; step < size; ++step) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== -1) continue;
        const bit = ((words[next >> 3] ?? 0) >> (7 - (next & 7))) & 1;
        ++next;
        grid[row][column] = bit ^ Number((row + column) % 2 === 0);
      }
    }
    up = !up;
  }
  return grid;
}

// False for a text that is too long.
export function drawQr(canvas, text) {
  const modules = qrModules(text);
  if (modules === null) return false;
  const scale = 4;
  canvas.width = canvas.height = (modules.length + 2 * kQuiet) * scale;
  const paint = canvas.getContext('2d');
  paint.fillStyle = '#fff';
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.fillStyle = '#000';
  modules.forEach((row, r) => row.forEach((dark, c) => {
    if (dark) paint.fillRect((c + kQuiet) * scale, (r + kQuiet) * scale, scale, scale);
  }));
  return true;
}
