// SPDX-License-Identifier: Apache-2.0
package sluice.peers;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Int64Value;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.util.List;
import sluice.peers.catalog.Grade;
import sluice.peers.catalog.Item;
import sluice.peers.catalog.WatchRequest;
import sluice.peers.geo.Place;
import sluice.peers.notes.Note;
import sluice.peers.parts.Finish;
import sluice.peers.parts.Part;
import sluice.peers.parts.PartOuterClass;
import sluice.peers.readings.Reading;
import sluice.peers.readings.State;
import sluice.peers.vendor.Marks;
import sluice.peers.vendor.Seal;

/** What the services answer with. */
final class Samples {
  /** The first of a stream's ids; no double holds it. */
  static final long FIRST_ID = 9007199254740993L;

  /** 2026-01-02T03:04:05.006Z. */
  private static final Timestamp ADDED =
      Timestamp.newBuilder().setSeconds(1767323045).setNanos(6_000_000).build();

  private Samples() {}

  private static Struct attributes() {
    ListValue needles =
        ListValue.newBuilder()
            .addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE))
            .addValues(Value.newBuilder().setNumberValue(1.5))
            .addValues(Value.newBuilder().setStringValue("steel"))
            .build();
    return Struct.newBuilder()
        .putFields("glass", Value.newBuilder().setBoolValue(true).build())
        .putFields("needles", Value.newBuilder().setListValue(needles).build())
        .build();
  }

  static Item item(WatchRequest request) {
    Timestamp added = request.hasSince() ? request.getSince() : ADDED;
    Place shelf = Place.newBuilder().setName("top").setKind(Place.Kind.KIND_SHELF).build();
    Place port = Place.newBuilder().setName("Bergen").setKind(Place.Kind.KIND_PORT).build();
    Note note = Note.newBuilder().setText("tighten").build();
    return Item.newBuilder()
        .setId(FIRST_ID)
        .setName("Kompaß №1")
        .setNote("")
        .setRating(0)
        .setCents(-250)
        .putStock("oslo", 3)
        .putStock("bergen", 0)
        .putShelves(-7, shelf)
        .putGrades(true, Grade.GRADE_FINE)
        .addHistory(Grade.GRADE_ROUGH)
        .addHistory(Grade.GRADE_FINE)
        .setPicture(ByteString.copyFrom(new byte[] {0, -1, -2}))
        .setChecksum(-1)
        .addAllLimits(List.of(0.1, Double.NEGATIVE_INFINITY, Double.NaN))
        .setRatio(1.5f)
        .setSize(Item.Size.newBuilder().setWidth(-1).setHeight(-1))
        .setAdded(added)
        .setWarranty(Duration.newBuilder().setSeconds(-1).setNanos(-500_000_000))
        .setAttributes(attributes())
        .setRemark(Value.newBuilder().setNullValue(NullValue.NULL_VALUE))
        .setMotto(StringValue.getDefaultInstance())
        .setReserve(Int64Value.of(Long.MIN_VALUE))
        .setChanged(FieldMask.newBuilder().addPaths("name").addPaths("made_in.latitude"))
        .setExtra(Any.pack(request.getNoted() ? note : port))
        .setMadeIn(Place.newBuilder().setName("Tromsø").setLatitude(69.625))
        .addParts(Item.newBuilder().setId(2).setOnRequest(""))
        .build();
  }

  static Part part() {
    return Part.newBuilder()
        .setNumber("K-1")
        .setCount(3)
        .addSizes(1)
        .addSizes(200)
        .addOffsets(-1)
        .addOffsets(1)
        .setFinish(Finish.RAW)
        .setBox(Part.Box.newBuilder().setWidth(5).setLabel("fragile"))
        .putAliases(FIRST_ID, "old")
        .setWarehouse(4)
        .setExtension(PartOuterClass.nickname, "needle")
        .setExtension(Marks.colour, "red")
        .setExtension(Marks.origin, Place.newBuilder().setName("Bodø").build())
        .setExtension(Marks.batches, List.of(7, 8))
        .setExtension(Seal.seal, Seal.newBuilder().setBy("Ada").build())
        .build();
  }

  static Reading reading() {
    return Reading.newBuilder()
        .setSensor("")
        .setUnit("K")
        .addSamples(1)
        .addSamples(200)
        .addSteps(3)
        .addSteps(4)
        .setState(State.WARM)
        .setPlace(Place.newBuilder().setName("roof"))
        .setTaken(Timestamp.newBuilder().setSeconds(1767323045))
        .putLimits("low", -0.5)
        .setTimer(FIRST_ID)
        .build();
  }
}
