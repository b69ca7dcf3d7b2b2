// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/transcode/corpora.h"

#include <cmath>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "corpus.pb.h"

namespace sluice {
namespace {

namespace bench = bench::transcode::v1;

bench::Tick MakeTick() {
  bench::Tick tick;
  tick.set_symbol("ACME.NYSE");
  tick.set_price(101.25);
  tick.set_sent_ns(1760000000123456789);
  tick.set_size(300);
  tick.set_venue("XNYS-PRIMARY");
  tick.set_trade_id("T-20251009-00001234567890");
  return tick;
}

void AddLine(int number, bench::Order& order) {
  bench::Line& line = *order.add_lines();
  line.set_sku(absl::StrCat("SKU-", 10400 + number, "-BLUE"));
  line.set_quantity(number + 1);
  line.set_unit_price(19.99 + number);
  line.set_state(number % 2 == 0 ? bench::ORDER_STATE_OPEN : bench::ORDER_STATE_FILLED);
  line.mutable_updated_at()->set_seconds(1760000000 + number);
  line.mutable_updated_at()->set_nanos(123000000);
}

bench::Order MakeOrder(int number) {
  bench::Order order;
  order.set_order_id(absl::StrCat("ord-2025-", 1000000 + number));
  order.set_revision(7 + number);
  order.set_state(bench::ORDER_STATE_OPEN);
  order.mutable_created_at()->set_seconds(1760000000 + number);
  order.mutable_created_at()->set_nanos(123456789);
  order.mutable_time_to_live()->set_seconds(3600);
  order.mutable_ship_to()->set_street("12 Rue de l'Université");
  order.mutable_ship_to()->set_city("Zürich");
  order.mutable_ship_to()->set_postal_code("8001");
  order.mutable_ship_to()->set_country_code("CH");
  for (int i = 0; i < 11; ++i) AddLine(i, order);
  for (int i = 0; i < 4; ++i) {
    (*order.mutable_labels())[absl::StrCat("label-", i)] = absl::StrCat("value of ", i);
    (*order.mutable_counters())[absl::StrCat("counter-", i)] = 123456789012 + i;
  }
  for (const char* tag : {"express", "gift", "insured"}) order.add_tags(tag);
  for (int i = 0; i < 12; ++i) order.add_buckets(i * 37);
  order.set_is_urgent(true);
  order.set_checksum(std::string("\x01\xfe\x80\x7f\x10\x20\x30\x40\x55\xaa\x99\x66", 12));
  order.set_discount(0.15f);
  order.mutable_note()->set_value("leave it \"at the door\"");
  order.set_version(18446744073709551557u);
  for (int i = 0; i < 6; ++i) order.add_quotes(100.5 + i * 0.25);
  order.set_trace_id(0x1234567890abcdef);
  order.set_delta(-12);
  order.set_card_token("tok_1NqXyZ2eZvKYlo2C");
  return order;
}

bench::Batch MakeBatch(std::mt19937_64& random) {
  bench::Batch batch;
  batch.set_batch_id("batch-000017");
  for (int i = 0; i < 58; ++i) *batch.add_orders() = MakeOrder(i);
  std::uniform_real_distribution<double> samples(0, 1000);
  for (int i = 0; i < 200; ++i) batch.add_samples(std::round(samples(random) * 100) / 100);
  for (int i = 0; i < 200; ++i) batch.add_offsets(static_cast<int64_t>(random() >> 20));
  return batch;
}

bench::Chat MakeChat() {
  bench::Chat chat;
  chat.set_room("general");
  chat.set_author("Zoë");
  chat.set_text(
      "She said \"see you at the café\" and left 🙂 — nobody knew why. Later that day the "
      "answer "
      "came "
      "in a message from Łukasz: \"the train is late, again; start without me\". 🚆🚆\nWe did, of "
      "course. The crêpes were excellent, and the coffee even more so. Tomorrow at nine?");
  chat.set_sequence(48213);
  return chat;
}

bench::Embedding MakeEmbedding(std::mt19937_64& random) {
  bench::Embedding embedding;
  embedding.set_model("embed-3-small");
  std::normal_distribution<float> values(0.0f, 0.03f);
  for (int i = 0; i < 1536; ++i) embedding.add_values(values(random));
  return embedding;
}

bench::Ids MakeIds(std::mt19937_64& random) {
  bench::Ids ids;
  for (int i = 0; i < 100; ++i) ids.add_ids(static_cast<int64_t>(random() >> 1));
  for (int i = 0; i < 100; ++i) ids.add_hashes(random());
  return ids;
}

bench::Map MakeMap() {
  bench::Map map;
  for (int i = 0; i < 200; ++i) {
    (*map.mutable_readings())[absl::StrCat("sensor/", i * 7919 % 10007)] = (205 + i) / 10.0;
  }
  return map;
}

bench::AnyList MakeAnyList() {
  bench::AnyList list;
  for (int i = 0; i < 16; ++i) {
    if (i % 2 == 0) {
      list.add_items()->PackFrom(MakeTick());
    } else {
      list.add_items()->PackFrom(MakeChat());
    }
  }
  return list;
}

template <typename Type>
void Add(const char* name, Type message, std::vector<Corpus>& corpora) {
  corpora.push_back({name, std::make_unique<Type>(std::move(message))});
}

}  // namespace

std::vector<Corpus> MakeCorpora() {
  std::mt19937_64 random(42);
  std::vector<Corpus> corpora;
  Add("tick", MakeTick(), corpora);
  Add("order", MakeOrder(0), corpora);
  Add("batch", MakeBatch(random), corpora);
  Add("chat", MakeChat(), corpora);
  Add("embedding", MakeEmbedding(random), corpora);
  Add("ids", MakeIds(random), corpora);
  Add("map", MakeMap(), corpora);
  Add("any", MakeAnyList(), corpora);
  return corpora;
}

}  // namespace sluice
