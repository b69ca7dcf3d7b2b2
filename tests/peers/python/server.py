# SPDX-License-Identifier: Apache-2.0
"""Serves with grpcio and grpcio-reflection, and prints its port.

    python server.py FOLDER_OF_GENERATED_FILES
"""

import datetime
import math
import sys
from concurrent import futures

sys.path.insert(0, sys.argv[1])

import grpc
from google.protobuf import field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from grpc_reflection.v1alpha import reflection
from peers.catalog.v1 import catalog_pb2, catalog_pb2_grpc, item_pb2
from peers.geo.v1 import place_pb2
from peers.notes.v1 import note_pb2
from peers.parts.v1 import part_pb2, part_pb2_grpc
from peers.readings.v1 import reading_pb2, reading_pb2_grpc
from peers.vendor.v1 import marks_pb2

# The first of a stream's ids; no double holds it.
FIRST_ID = 2**53 + 1


def sample_item(since=None, noted=False):
    item = item_pb2.Item(
        id=FIRST_ID,
        name="Kompaß №1",
        note="",
        rating=0,
        cents=-250,
        stock={"oslo": 3, "bergen": 0},
        shelves={-7: place_pb2.Place(name="top", kind=place_pb2.Place.KIND_SHELF)},
        grades={True: item_pb2.GRADE_FINE},
        history=[item_pb2.GRADE_ROUGH, item_pb2.GRADE_FINE],
        picture=b"\x00\xff\xfe",
        checksum=2**64 - 1,
        limits=[0.1, -math.inf, math.nan],
        ratio=1.5,
        size=item_pb2.Item.Size(width=-1, height=2**32 - 1),
        added=since or timestamp_pb2.Timestamp(seconds=1767323045, nanos=6_000_000),
        remark=struct_pb2.Value(null_value=struct_pb2.NULL_VALUE),
        motto=wrappers_pb2.StringValue(),
        reserve=wrappers_pb2.Int64Value(value=-(2**63)),
        changed=field_mask_pb2.FieldMask(paths=["name", "made_in.latitude"]),
        made_in=place_pb2.Place(name="Tromsø", latitude=69.625),
        parts=[item_pb2.Item(id=2, on_request="")],
    )
    item.warranty.FromTimedelta(datetime.timedelta(seconds=-1.5))
    item.attributes.update({"glass": True, "needles": [None, 1.5, "steel"]})
    port = place_pb2.Place(name="Bergen", kind=place_pb2.Place.KIND_PORT)
    item.extra.Pack(note_pb2.Note(text="tighten") if noted else port)
    return item


def sample_part():
    part = part_pb2.Part(
        number="K-1",
        count=3,
        sizes=[1, 200],
        offsets=[-1, 1],
        finish=part_pb2.RAW,
        aliases={FIRST_ID: "old"},
        warehouse=4,
    )
    part.box.width = 5
    part.box.label = "fragile"
    part.Extensions[part_pb2.nickname] = "needle"
    part.Extensions[marks_pb2.colour] = "red"
    part.Extensions[marks_pb2.origin].name = "Bodø"
    part.Extensions[marks_pb2.batches].extend([7, 8])
    part.Extensions[marks_pb2.Seal.seal].by = "Ada"
    return part


def sample_reading():
    return reading_pb2.Reading(
        sensor="",
        unit="K",
        samples=[1, 200],
        steps=[3, 4],
        state=reading_pb2.WARM,
        place=place_pb2.Place(name="roof"),
        taken=timestamp_pb2.Timestamp(seconds=1767323045),
        limits={"low": -0.5},
        timer=FIRST_ID,
    )


def given_time(request):
    return request.since if request.HasField("since") else None


class Catalog(catalog_pb2_grpc.CatalogServicer):
    def Watch(self, request, context):
        times = request.times if request.HasField("times") else 1
        item = request.item if request.HasField("item") else sample_item(given_time(request), request.noted)
        for n in range(abs(times)):
            item.id = FIRST_ID + n
            yield item
        if times < 0:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "times must be ≥ 0, 100 % sure")

    def Get(self, request, context):
        return sample_item(given_time(request))

    def Locate(self, request, context):
        return request

    def Follow(self, request, context):
        yield from request.stops


class Parts(part_pb2_grpc.PartsServicer):
    def Watch(self, request, context):
        part = request.part if request.HasField("part") else sample_part()
        for _ in range(request.times):
            yield part


class Readings(reading_pb2_grpc.ReadingsServicer):
    def Watch(self, request, context):
        reading = request.reading if request.HasField("reading") else sample_reading()
        for _ in range(request.times):
            yield reading


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    catalog_pb2_grpc.add_CatalogServicer_to_server(Catalog(), server)
    part_pb2_grpc.add_PartsServicer_to_server(Parts(), server)
    reading_pb2_grpc.add_ReadingsServicer_to_server(Readings(), server)
    files = (catalog_pb2, part_pb2, reading_pb2)
    names = [service.full_name for file in files for service in file.DESCRIPTOR.services_by_name.values()]
    reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
