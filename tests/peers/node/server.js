// SPDX-License-Identifier: Apache-2.0
// Serves with @grpc/grpc-js and @grpc/reflection, and prints its port.
//
//     node server.js FOLDER_OF_PROTO_FILES

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import {ReflectionService} from '@grpc/reflection';

// The first of a stream's ids; no double holds it.
const FIRST_ID = 9007199254740993n;

const definition = protoLoader.loadSync(
    [
      'peers/catalog/v1/catalog.proto',
      'peers/notes/v1/note.proto',
      'peers/parts/v1/part.proto',
      'peers/readings/v1/reading.proto',
      'peers/vendor/v1/marks.proto',
    ],
    {includeDirs: [process.argv[2]], keepCase: true, longs: String, enums: String});
const {peers} = grpc.loadPackageDefinition(definition);

function any(type, message) {
  return {type_url: `type.googleapis.com/${type}`, value: definition[type].serialize(message)};
}

function item({since, noted}) {
  return {
    id: String(FIRST_ID),
    name: 'Kompaß №1',
    note: '',
    rating: 0,
    cents: '-250',
    stock: {oslo: 3, bergen: 0},
    shelves: {'-7': {name: 'top', kind: 'KIND_SHELF'}},
    grades: {true: 'GRADE_FINE'},
    history: ['GRADE_ROUGH', 'GRADE_FINE'],
    picture: Buffer.from([0x00, 0xff, 0xfe]),
    checksum: '18446744073709551615',
    limits: [0.1, -Infinity, NaN],
    ratio: 1.5,
    size: {width: -1, height: 4294967295},
    added: since ?? {seconds: '1767323045', nanos: 6_000_000},
    warranty: {seconds: '-1', nanos: -500_000_000},
    attributes: {
      fields: {
        glass: {boolValue: true},
        needles: {
          listValue: {values: [{nullValue: 'NULL_VALUE'}, {numberValue: 1.5}, {stringValue: 'steel'}]},
        },
      },
    },
    remark: {nullValue: 'NULL_VALUE'},
    motto: {value: ''},
    reserve: {value: '-9223372036854775808'},
    changed: {paths: ['name', 'made_in.latitude']},
    extra: noted ? any('peers.notes.v1.Note', {text: 'tighten'}) :
                   any('peers.geo.v1.Place', {name: 'Bergen', kind: 'KIND_PORT'}),
    made_in: {name: 'Tromsø', latitude: 69.625},
    parts: [{id: '2', on_request: ''}],
  };
}

function part() {
  return {
    number: 'K-1',
    count: 3,
    sizes: [1, 200],
    offsets: [-1, 1],
    finish: 'RAW',
    box: {width: 5, label: 'fragile'},
    aliases: {[FIRST_ID]: 'old'},
    warehouse: 4,
    '.peers.parts.v1.nickname': 'needle',
    '.peers.vendor.v1.colour': 'red',
    '.peers.vendor.v1.origin': {name: 'Bodø'},
    '.peers.vendor.v1.batches': [7, 8],
    '.peers.vendor.v1.Seal.seal': {by: 'Ada'},
  };
}

function reading() {
  return {
    sensor: '',
    unit: 'K',
    samples: [1, 200],
    steps: [3, 4],
    state: 'WARM',
    place: {name: 'roof'},
    taken: {seconds: '1767323045'},
    limits: {low: -0.5},
    timer: String(FIRST_ID),
  };
}

function repeat(stream, message, times) {
  for (let n = 0; n < times; ++n) stream.write(message);
  stream.end();
}

const catalog = {
  Watch(stream) {
    const {times = 1, item: given} = stream.request;
    const message = given ?? item(stream.request);
    for (let n = 0; n < Math.abs(times); ++n) {
      stream.write({...message, id: String(FIRST_ID + BigInt(n))});
    }
    if (times < 0) {
      const details = 'times must be ≥ 0, 100 % sure';
      stream.emit('error', {code: grpc.status.INVALID_ARGUMENT, details});
    } else {
      stream.end();
    }
  },
  Get: (call, answer) => answer(null, item(call.request)),
  Locate: (call, answer) => answer(null, call.request),
  Follow(stream) {
    for (const stop of stream.request.stops) stream.write(stop);
    stream.end();
  },
  Import: (stream, answer) => answer({code: grpc.status.UNIMPLEMENTED}),
};

const server = new grpc.Server();
server.addService(peers.catalog.v1.Catalog.service, catalog);
server.addService(peers.parts.v1.Parts.service, {
  Watch: (stream) => repeat(stream, stream.request.part ?? part(), stream.request.times ?? 1),
});
server.addService(peers.readings.v1.Readings.service, {
  Watch: (stream) => repeat(stream, stream.request.reading ?? reading(), stream.request.times ?? 1),
});
new ReflectionService(definition).addToServer(server);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
