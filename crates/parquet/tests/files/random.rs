//! Schemas of items and values of them, drawn from a seed.

use huntsman_avro::schema::LogicalType;
use huntsman_avro::{AvroSchema, Node, NodeId, Type, Value};
use serde_json::{Value as Json, json};

/// Draws numbers, the same ones for a seed (splitmix64).
pub(crate) struct Random {
    state: u64,
    names: usize,
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

const NUMBERS: [(&str, &str); 9] = [
    ("int", "date"),
    ("int", "time-millis"),
    ("long", "time-micros"),
    ("long", "timestamp-millis"),
    ("long", "timestamp-micros"),
    ("long", "timestamp-nanos"),
    ("long", "local-timestamp-millis"),
    ("long", "local-timestamp-micros"),
    ("long", "local-timestamp-nanos"),
];

const TEXTS: [&str; 9] = [
    "",
    "a",
    "NaN",
    "2026-11-24",
    "\0",
    "é😀\u{200d}",
    "null",
    "\"\\\n",
    "\u{ffff}",
];

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed,
            names: 0,
        }
    }

    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() % bound as u64).unwrap()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}.T{}", self.names % 3, self.names)
    }

    /// A record whose unions have at most one branch for each kind of plain value.
    pub(crate) fn schema(&mut self) -> AvroSchema {
        AvroSchema::parse(&self.record(3).to_string()).unwrap()
    }

    fn any(&mut self, depth: usize) -> Json {
        match self.below(if depth == 0 { 12 } else { 22 }) {
            n @ 0..8 => json!(PRIMITIVES[n]),
            8 | 9 => {
                let (base, logical) = NUMBERS[self.below(9)];
                json!({"type": base, "logicalType": logical})
            }
            10 => self.textual(),
            11 => self.binary(),
            12..=14 => json!({"type": "array", "items": self.any(depth - 1)}),
            15 | 16 => json!({"type": "map", "values": self.any(depth - 1)}),
            17 | 18 => self.record(depth - 1),
            _ => self.union(depth - 1),
        }
    }

    fn textual(&mut self) -> Json {
        match self.below(4) {
            0 => json!({"type": "string", "logicalType": "uuid"}),
            1 => json!({"type": "string", "contentMediaType": "application/json"}),
            _ => json!({"type": "enum", "name": self.name(), "symbols": ["A", "B", "C_1"]}),
        }
    }

    fn binary(&mut self) -> Json {
        let name = self.name();
        match self.below(7) {
            0 => json!({"type": "fixed", "name": name, "size": 16, "logicalType": "uuid"}),
            1 => json!({"type": "fixed", "name": name, "size": 12, "logicalType": "duration"}),
            2 => json!({"type": "bytes", "logicalType": "big-decimal"}),
            3 => json!({"type": "fixed", "name": name, "size": 8, "logicalType": "decimal",
                "precision": 12, "scale": 4}),
            4 | 5 => {
                let precision = 1 + self.below(80);
                let scale = self.below(precision.min(20) + 1);
                json!({"type": "bytes", "logicalType": "decimal",
                    "precision": precision, "scale": scale})
            }
            _ => json!({"type": "fixed", "name": name, "size": 1 + self.below(5)}),
        }
    }

    fn record(&mut self, depth: usize) -> Json {
        let name = self.name();
        let fields: Vec<Json> = (0..=self.below(5))
            .map(|n| json!({"name": format!("f{n}"), "type": self.any(depth)}))
            .collect();
        json!({"type": "record", "name": name, "fields": fields})
    }

    fn union(&mut self, depth: usize) -> Json {
        let mut branches = Vec::new();
        if self.below(4) == 0 {
            // Where null stands is no matter.
            branches.push(json!(["int", "long", "double"][self.below(3)]));
        }
        if self.below(3) > 0 {
            branches.push(json!("null"));
        }
        if self.below(4) == 0 {
            branches.push(json!("boolean"));
        }
        match self.below(3) {
            0 => branches.push(json!("string")),
            1 => branches.push(json!({"type": "enum", "name": self.name(), "symbols": ["X", "Y"]})),
            _ => {}
        }
        if self.below(3) == 0 {
            branches.push(json!({"type": "array", "items": self.any(depth.min(1))}));
        }
        match self.below(4) {
            0 => branches.push(self.record(depth.min(1))),
            1 => branches.push(json!({"type": "map", "values": self.any(depth.min(1))})),
            _ => {}
        }
        if branches.is_empty() {
            branches.push(json!("null"));
        }
        Json::Array(branches)
    }

    pub(crate) fn value(&mut self, schema: &AvroSchema) -> Value {
        self.value_at(schema, schema.root())
    }

    fn value_at(&mut self, schema: &AvroSchema, id: NodeId) -> Value {
        let node = schema.node(id);
        match &node.kind {
            Type::Null => Value::Null,
            Type::Boolean => Value::Boolean(self.below(2) == 1),
            Type::Int => Value::Int(i32::try_from(self.integer(node.logical)).unwrap()),
            Type::Long => Value::Long(match node.logical {
                None if self.below(3) == 0 => i64::from_ne_bytes(self.number().to_ne_bytes()),
                logical => self.integer(logical),
            }),
            Type::Float => {
                Value::Float([0.0, -0.0, 0.5, -1234.125, f32::INFINITY, f32::NAN][self.below(6)])
            }
            Type::Double => Value::Double(
                [
                    0.0,
                    -0.0,
                    0.1,
                    f64::MAX,
                    f64::NEG_INFINITY,
                    f64::NAN,
                    1e-300,
                ][self.below(7)],
            ),
            Type::Bytes => Value::Bytes(self.bytes(node.logical, None)),
            Type::Fixed(fixed) => Value::Fixed(self.bytes(node.logical, Some(fixed.size))),
            Type::String => Value::String(self.text(node)),
            Type::Enum(known) => Value::Enum(self.below(known.symbols.len())),
            Type::Union(branches) => {
                let index = self.below(branches.len());
                let value = match self.value_at(schema, branches[index]) {
                    // In plain form these are texts, for which a union may have another branch.
                    Value::Double(value) if !value.is_finite() => Value::Double(0.25),
                    other => other,
                };
                Value::Union(index, Box::new(value))
            }
            Type::Array(items) => {
                let count = self.below(4);
                Value::Array((0..count).map(|_| self.value_at(schema, *items)).collect())
            }
            Type::Map(values) => {
                let count = self.below(4);
                let entry = |n| {
                    let key = format!("{n}{}", TEXTS[self.below(9)]);
                    (key, self.value_at(schema, *values))
                };
                Value::Map((0..count).map(entry).collect())
            }
            Type::Record(record) => {
                let fields = record.fields.iter();
                let values = fields.map(|field| self.value_at(schema, field.kind));
                Value::Record(values.collect())
            }
        }
    }

    fn text(&mut self, node: &Node) -> String {
        if node.logical.is_some() {
            let (start, end) = (self.below(1 << 32), self.below(1 << 48));
            return format!("{start:08x}-0000-4000-8000-{end:012x}");
        }
        if node.holds_json() {
            return ["null", "1", "{\"a\":[true,\"é\"]}", "\"x\""][self.below(4)].to_owned();
        }
        TEXTS[self.below(9)].to_owned()
    }

    fn integer(&mut self, logical: Option<LogicalType>) -> i64 {
        use LogicalType as L;
        let (low, high) = match logical {
            // What Python's dates hold.
            Some(L::Date) => (-719_162, 2_932_896),
            Some(L::TimeMillis) => (0, 86_399_999),
            Some(L::TimeMicros) => (0, 86_399_999_999),
            Some(L::TimestampMillis | L::LocalTimestampMillis) => {
                (-62_135_596_800_000, 253_402_300_799_999)
            }
            Some(L::TimestampMicros | L::LocalTimestampMicros) => {
                (-62_135_596_800_000_000, 253_402_300_799_999_999)
            }
            Some(L::TimestampNanos | L::LocalTimestampNanos) => (i64::MIN / 2, i64::MAX / 2),
            _ => [(-3, 3), (-100, 100), (i32::MIN.into(), i32::MAX.into())][self.below(3)],
        };
        let span = u64::try_from(i128::from(high) - i128::from(low) + 1).unwrap();
        i64::try_from(i128::from(low) + i128::from(self.number() % span)).unwrap()
    }

    fn bytes(&mut self, logical: Option<LogicalType>, size: Option<usize>) -> Vec<u8> {
        match logical {
            Some(LogicalType::Decimal { precision, .. }) => {
                let digits = self.below(precision + 1);
                let bound = 10_i128.pow(u32::try_from(digits.min(36)).unwrap());
                let value = i128::from(self.number() >> 1) * i128::from(self.number() >> 1) % bound;
                let value = if self.below(2) == 0 { value } else { -value };
                decimal(value, size)
            }
            Some(LogicalType::BigDecimal) => {
                let unscaled = decimal(i128::from(self.number()) - (1 << 63), None);
                let mut bytes = vec![u8::try_from(unscaled.len() * 2).unwrap()];
                bytes.extend(unscaled);
                bytes.push(u8::try_from(self.below(20) * 2).unwrap());
                bytes
            }
            // Months, days and milliseconds that a `timedelta` and an interval can tell.
            Some(LogicalType::Duration) => {
                let parts = [self.below(20), self.below(20), self.below(80_000_000)];
                let bytes = |part: usize| u32::try_from(part).unwrap().to_le_bytes();
                parts.map(bytes).concat()
            }
            _ => {
                let size = size.unwrap_or_else(|| self.below(5));
                (0..size).map(|_| self.number().to_ne_bytes()[0]).collect()
            }
        }
    }
}

/// The shortest two's complement, or one of so many bytes.
fn decimal(value: i128, size: Option<usize>) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let size = size.unwrap_or_else(|| {
        let fits =
            |size: &usize| *size == 16 || value << (128 - 8 * size) >> (128 - 8 * size) == value;
        (1..=16).find(fits).unwrap()
    });
    bytes[16 - size..].to_vec()
}
