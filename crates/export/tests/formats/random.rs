//! Types and values, drawn from a seed.

use huntsman_core::{Field, Kind, Logical, Schema, Symbols};
use serde_json::{Value as Json, json};

use crate::data::{Any, Data};

/// A source of chance (SplitMix64).
pub(crate) struct Random {
    state: u64,
    names: usize,
}

fn leaked<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// What texts are made of.
const PIECES: [&str; 40] = [
    "", " ", "a", "b", "Z", "1", ",", ";", "\t", "\"", "'", "\"\"", "\\", "\\N", "\n", "\r",
    "\r\n", "<", ">", "&", "]]>", "&amp;", "=1+1", "-", "@", "null", "NaN", "é", "e\u{301}", "😀",
    "日本", "\u{85}", "\u{2028}", "\u{feff}", "\u{fffd}", "\u{7f}", "\u{200d}", "\0", "\u{1b}",
    "\u{ffff}",
];

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed,
            names: 0,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn name(&mut self, start: &str) -> &'static str {
        self.names += 1;
        leaked(format!("{start}{}", self.names)).as_str()
    }

    /// One or several types of items.
    pub(crate) fn schemas(&mut self) -> &'static [&'static Schema] {
        let count = if self.below(3) == 0 { 2 } else { 1 };
        let schemas: Vec<_> = (0..count).map(|_| self.schema(2)).collect();
        schemas.leak()
    }

    fn schema(&mut self, depth: usize) -> &'static Schema {
        let name = self.name("R");
        let count = 1 + self.below(if depth == 2 { 8 } else { 3 });
        let field = |random: &mut Self, number| {
            Field::new(leaked(format!("f{number}")).as_str(), random.kind(depth))
        };
        let fields: Vec<_> = (0..count).map(|number| field(self, number)).collect();
        leaked(Schema::new(name, fields.leak()))
    }

    fn kind(&mut self, depth: usize) -> Kind {
        let deep = if depth > 0 { 5 } else { 0 };
        match self.below(16 + deep) {
            0 => Kind::Bool,
            1 => Kind::Int(self.of(&[8, 16, 32, 64])),
            2 => Kind::UInt(self.of(&[8, 16, 32, 64])),
            3 => Kind::Float(32),
            4 => Kind::Float(64),
            5 | 6 => Kind::Text,
            7 => Kind::Bytes,
            8 => Kind::Fixed {
                name: self.name("F"),
                size: 1 + self.below(20),
            },
            9 => Kind::Enum(leaked(Symbols {
                name: self.name("E"),
                doc: "",
                symbols: &["One", "two", "_3"],
                default: None,
            })),
            10..13 => Kind::Logical(self.logical()),
            13 => Kind::Any,
            14 => self.union(),
            15 => match self.kind(depth) {
                Kind::Optional(inner) => Kind::Optional(inner),
                inner => Kind::Optional(leaked(inner)),
            },
            16 | 17 => Kind::List(leaked(self.kind(depth - 1))),
            18 => Kind::Map(leaked(self.kind(depth - 1))),
            _ => Kind::Struct(self.schema(depth - 1)),
        }
    }

    fn logical(&mut self) -> Logical {
        let precision = 1 + u32::try_from(self.below(30)).unwrap();
        let scale = u32::try_from(self.below(precision as usize + 1)).unwrap();
        self.of(&[
            Logical::Date,
            Logical::TimeMillis,
            Logical::TimeMicros,
            Logical::TimestampMillis,
            Logical::TimestampMicros,
            Logical::LocalTimestampMillis,
            Logical::LocalTimestampMicros,
            Logical::Uuid,
            Logical::Decimal { precision, scale },
        ])
    }

    /// Types that values can be told apart by.
    fn union(&mut self) -> Kind {
        let all = [
            Kind::Bool,
            Kind::Int(64),
            Kind::Float(64),
            Kind::Text,
            Kind::Bytes,
            Kind::List(&Kind::Text),
        ];
        let first = self.below(all.len());
        let second = (first + 1 + self.below(all.len() - 1)) % all.len();
        Kind::Union(leaked([all[first], all[second]]))
    }

    /// An item of one of the types.
    pub(crate) fn item(&mut self, schemas: &[&'static Schema]) -> Any {
        let schema = self.of(schemas);
        Any {
            schema,
            value: self.fields(schema),
        }
    }

    fn fields(&mut self, schema: &'static Schema) -> Data {
        let fields = schema.fields.iter();
        Data::Struct(schema, fields.map(|field| self.value(field.kind)).collect())
    }

    fn value(&mut self, kind: Kind) -> Data {
        match kind {
            Kind::Bool => Data::Bool(self.below(2) == 0),
            Kind::Int(bits) => Data::Int(self.int(bits), bits),
            Kind::UInt(bits) => {
                // Avro has no more than 63 bits.
                let value = self.int(64).unsigned_abs() & (i64::MAX as u64);
                Data::UInt(value & (u64::MAX >> (64 - bits)), bits)
            }
            Kind::Float(32) => Data::Single(self.double() as f32),
            Kind::Float(_) => Data::Double(self.double()),
            Kind::Text => Data::Text(self.text()),
            Kind::Bytes if self.below(2) == 0 => {
                let length = self.below(9);
                Data::ByteByByte(self.bytes(length))
            }
            Kind::Bytes => {
                let length = self.below(9);
                Data::Bytes(self.bytes(length))
            }
            Kind::Fixed { size, .. } if self.below(2) == 0 => Data::ByteByByte(self.bytes(size)),
            Kind::Fixed { size, .. } => Data::Bytes(self.bytes(size)),
            Kind::Enum(symbols) => Data::Symbol(self.of(symbols.symbols)),
            Kind::Logical(logical) => self.of_logical(logical),
            Kind::Any => Data::Any(self.any(2)),
            Kind::Union(kinds) => match self.of(kinds) {
                // One by one, they would be a list.
                Kind::Bytes => Data::Bytes(self.bytes(3)),
                kind => self.value(kind),
            },
            Kind::Optional(_) if self.below(3) == 0 => Data::Nothing,
            Kind::Optional(inner) => match self.value(*inner) {
                // Null is nothing, however it is meant.
                Data::Any(Json::Null) => Data::Nothing,
                value => Data::Some(Box::new(value)),
            },
            Kind::List(inner) => {
                let count = self.below(4);
                Data::List((0..count).map(|_| self.value(*inner)).collect())
            }
            Kind::Map(inner) => {
                let count = self.below(4);
                let key = |random: &mut Self, number| format!("{}{number}", random.text());
                let entry = |number| (key(self, number), self.value(*inner));
                Data::Map((0..count).map(entry).collect())
            }
            Kind::Struct(schema) => self.fields(schema),
            other => panic!("{other:?}"),
        }
    }

    fn int(&mut self, bits: u8) -> i64 {
        let edge = self.of(&[0, 1, -1, i64::MIN, i64::MAX]);
        let value = if self.below(2) == 0 {
            edge
        } else {
            i64::from_le_bytes(self.next().to_le_bytes()) >> self.below(64)
        };
        let unused = 64 - u32::from(bits);
        value << unused >> unused
    }

    fn double(&mut self) -> f64 {
        match self.below(6) {
            0 => self.of(&[
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                -0.0,
                0.0,
                1e300,
                5e-324,
            ]),
            1 => f64::from_bits(self.next()),
            2 => f64::from(f32::from_bits(u32::try_from(self.next() >> 32).unwrap())),
            _ => self.int(32) as f64 / 100.0,
        }
    }

    pub(crate) fn text(&mut self) -> String {
        let count = self.below(5);
        // Most texts can stand in XML.
        let pieces = if self.below(4) == 0 { PIECES.len() } else { 37 };
        (0..count).map(|_| PIECES[self.below(pieces)]).collect()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    fn any(&mut self, depth: usize) -> Json {
        match self.below(if depth > 0 { 7 } else { 5 }) {
            0 => Json::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.int(64)),
            3 => json!(f64::from(i32::try_from(self.int(32)).unwrap()) / 8.0),
            4 => json!(self.text()),
            5 => (0..self.below(3)).map(|_| self.any(depth - 1)).collect(),
            _ => (0..self.below(3))
                .map(|number| (format!("{}{number}", self.text()), self.any(depth - 1)))
                .collect(),
        }
    }

    fn of_logical(&mut self, logical: Logical) -> Data {
        let day = |random: &mut Self| {
            let (year, month, day) = (
                1 + random.below(9999),
                1 + random.below(12),
                1 + random.below(28),
            );
            format!("{year:04}-{month:02}-{day:02}")
        };
        let time = |random: &mut Self, micros: bool| {
            let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
            let fraction = match random.below(3) {
                0 => String::new(),
                1 if micros => format!(".{:06}", random.below(1_000_000)),
                _ => format!(".{:03}", random.below(1000)),
            };
            format!("{hour:02}:{minute:02}:{second:02}{fraction}")
        };
        let (word, text) = match logical {
            Logical::Date => ("date", day(self)),
            Logical::TimeMillis => ("time", time(self, false)),
            Logical::TimeMicros => ("time", time(self, true)),
            Logical::TimestampMillis => {
                ("instant", format!("{}T{}Z", day(self), time(self, false)))
            }
            Logical::TimestampMicros => ("instant", format!("{}T{}Z", day(self), time(self, true))),
            Logical::LocalTimestampMillis => {
                ("local", format!("{}T{}", day(self), time(self, false)))
            }
            Logical::LocalTimestampMicros => {
                ("local", format!("{}T{}", day(self), time(self, true)))
            }
            Logical::Uuid => {
                let hex: String = self
                    .bytes(16)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                let parts = [
                    &hex[..8],
                    &hex[8..12],
                    &hex[12..16],
                    &hex[16..20],
                    &hex[20..],
                ];
                ("uuid", parts.join("-"))
            }
            Logical::Decimal { precision, scale } => ("decimal", self.decimal(precision, scale)),
            other => panic!("{other:?}"),
        };
        Data::Logical(word, text)
    }

    fn decimal(&mut self, precision: u32, scale: u32) -> String {
        let digits: String = (0..precision)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect();
        let (whole, fraction) = digits.split_at((precision - scale) as usize);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = self.of(&["", "-"]);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}
