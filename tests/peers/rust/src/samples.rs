// SPDX-License-Identifier: Apache-2.0

//! What the services answer with. Extensions are missing: prost has none.

use std::collections::{BTreeMap, HashMap};

use prost::Message;
use prost_types::value::Kind;
use prost_types::{Any, Duration, FieldMask, ListValue, NullValue, Struct, Timestamp, Value};

use crate::proto::peers::catalog::v1::item::{Price, Size};
use crate::proto::peers::catalog::v1::{Grade, Item};
use crate::proto::peers::geo::v1::{place, Place};
use crate::proto::peers::notes::v1::Note;
use crate::proto::peers::parts::v1::part::{Box as Carton, Supplier};
use crate::proto::peers::parts::v1::{Finish, Part};

/// The first of a stream's ids; no double holds it.
pub const FIRST_ID: i64 = (1 << 53) + 1;

fn value(kind: Kind) -> Value {
    Value { kind: Some(kind) }
}

fn null() -> Value {
    value(Kind::NullValue(NullValue::NullValue.into()))
}

fn any(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: message.encode_to_vec(),
    }
}

pub fn item(since: Option<Timestamp>, noted: bool) -> Item {
    let added = Timestamp { seconds: 1767323045, nanos: 6_000_000 };
    let shelf = Place {
        name: "top".into(),
        kind: place::Kind::Shelf.into(),
        ..Default::default()
    };
    let port = Place {
        name: "Bergen".into(),
        kind: place::Kind::Port.into(),
        ..Default::default()
    };
    let extra = if noted {
        any("peers.notes.v1.Note", &Note { text: "tighten".into() })
    } else {
        any("peers.geo.v1.Place", &port)
    };
    let needles = vec![null(), value(Kind::NumberValue(1.5)), value(Kind::StringValue("steel".into()))];
    Item {
        id: FIRST_ID,
        name: "Kompaß №1".into(),
        note: Some(String::new()),
        rating: Some(0),
        fragile: None,
        price: Some(Price::Cents(-250)),
        stock: HashMap::from([("oslo".into(), 3), ("bergen".into(), 0)]),
        shelves: HashMap::from([(-7, shelf)]),
        grades: HashMap::from([(true, Grade::Fine.into())]),
        history: vec![Grade::Rough.into(), Grade::Fine.into()],
        picture: vec![0x00, 0xff, 0xfe],
        checksum: u64::MAX,
        limits: vec![0.1, f64::NEG_INFINITY, f64::NAN],
        ratio: 1.5,
        size: Some(Size { width: -1, height: u32::MAX }),
        added: since.or(Some(added)),
        warranty: Some(Duration { seconds: -1, nanos: -500_000_000 }),
        attributes: Some(Struct {
            fields: BTreeMap::from([
                ("glass".into(), value(Kind::BoolValue(true))),
                ("needles".into(), value(Kind::ListValue(ListValue { values: needles }))),
            ]),
        }),
        remark: Some(null()),
        motto: Some(String::new()),
        reserve: Some(i64::MIN),
        changed: Some(FieldMask { paths: vec!["name".into(), "made_in.latitude".into()] }),
        extra: Some(extra),
        made_in: Some(Place { name: "Tromsø".into(), latitude: 69.625, ..Default::default() }),
        parts: vec![Item {
            id: 2,
            price: Some(Price::OnRequest(String::new())),
            ..Default::default()
        }],
    }
}

pub fn part() -> Part {
    Part {
        number: "K-1".into(),
        count: Some(3),
        sizes: vec![1, 200],
        offsets: vec![-1, 1],
        finish: Some(Finish::Raw.into()),
        r#box: Some(Carton { width: Some(5), label: Some("fragile".into()) }),
        aliases: HashMap::from([(FIRST_ID, "old".into())]),
        supplier: Some(Supplier::Warehouse(4)),
    }
}
