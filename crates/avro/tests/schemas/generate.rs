//! Schemas by chance, and what may become of them: the same each time.

use serde_json::{Map, Value, json};

/// Schemas, and what became of them by one to three changes.
pub(crate) fn changes(count: usize) -> Vec<(String, String)> {
    let mut chance = Chance(20_261_124);
    let mut one = || {
        let old = World::new(&mut chance);
        let mut new = old.clone();
        for _ in 0..1 + chance.below(3) {
            new.change(&mut chance);
        }
        (old.text(), new.text())
    };
    (0..count).map(|_| one()).collect()
}

/// Numbers by chance, from a seed (`SplitMix64`).
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A schema, whose named types are known by their place in a list.
#[derive(Debug, Clone)]
struct World {
    named: Vec<Named>,
    root: Kind,
    namespaces: &'static [&'static str],
    /// Counts names, so that each is new.
    names: usize,
}

#[derive(Debug, Clone)]
enum Kind {
    Primitive(&'static str),
    Logical(&'static str, &'static str),
    Array(Box<Self>),
    Map(Box<Self>),
    Union(Vec<Self>),
    Named(usize),
}

#[derive(Debug, Clone)]
struct Named {
    namespace: &'static str,
    name: String,
    aliases: Vec<String>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Record(Vec<Field>),
    Enum(Vec<String>, Option<usize>),
    Fixed(usize),
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    aliases: Vec<String>,
    kind: Kind,
    default: bool,
    word: bool,
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];
/// Either none, or one of two: Java 1.12 loses a name without namespace within one with.
const NAMESPACES: [&str; 2] = ["a", "b.c"];
const LOGICAL: [(&str, &str); 7] = [
    ("int", "date"),
    ("long", "timestamp-millis"),
    ("long", "local-timestamp-micros"),
    ("string", "uuid"),
    ("string", "email"),
    ("bytes", "big-decimal"),
    ("int", "time-micros"),
];

impl World {
    fn new(chance: &mut Chance) -> Self {
        let mut world = Self {
            named: Vec::new(),
            root: Kind::Primitive("null"),
            namespaces: if chance.percent(20) {
                &[""]
            } else {
                &NAMESPACES
            },
            names: 0,
        };
        world.root = if chance.percent(85) {
            world.record(chance, 0)
        } else {
            world.kind(chance, 0)
        };
        world
    }

    fn name(&mut self, start: char) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    fn kind(&mut self, chance: &mut Chance, depth: usize) -> Kind {
        if depth > 3 {
            return Kind::Primitive(chance.of(&PRIMITIVES));
        }
        match chance.below(20) {
            0..=6 => Kind::Primitive(chance.of(&PRIMITIVES)),
            7..=8 => {
                let (base, logical) = chance.of(&LOGICAL);
                Kind::Logical(base, logical)
            }
            9 => Kind::Array(Box::new(self.kind(chance, depth + 1))),
            10 => Kind::Map(Box::new(self.kind(chance, depth + 1))),
            11..=13 => {
                let count = 1 + chance.below(3);
                Kind::Union((0..count).map(|_| self.kind(chance, depth + 1)).collect())
            }
            14 => Kind::Union(vec![Kind::Primitive("null"), self.kind(chance, depth + 1)]),
            15..=16 if !self.named.is_empty() => Kind::Named(chance.below(self.named.len())),
            17 => {
                let count = 1 + chance.below(3);
                let symbols: Vec<String> = (0..count).map(|n| format!("S{n}")).collect();
                let default = chance.percent(40).then(|| chance.below(count));
                self.add(chance, 'E', Body::Enum(symbols, default))
            }
            18 => {
                let size = chance.below(4);
                self.add(chance, 'F', Body::Fixed(size))
            }
            _ => self.record(chance, depth),
        }
    }

    fn add(&mut self, chance: &mut Chance, start: char, body: Body) -> Kind {
        let name = self.name(start);
        self.named.push(Named {
            namespace: chance.of(self.namespaces),
            name,
            aliases: Vec::new(),
            body,
        });
        Kind::Named(self.named.len() - 1)
    }

    fn record(&mut self, chance: &mut Chance, depth: usize) -> Kind {
        let kind = self.add(chance, 'R', Body::Record(Vec::new()));
        let place = self.named.len() - 1;
        for _ in 0..1 + chance.below(4) {
            let field = self.field(chance, depth);
            if let Body::Record(fields) = &mut self.named[place].body {
                fields.push(field);
            }
        }
        kind
    }

    fn field(&mut self, chance: &mut Chance, depth: usize) -> Field {
        Field {
            name: self.name('f'),
            aliases: Vec::new(),
            kind: self.kind(chance, depth + 1),
            default: chance.percent(30),
            word: chance.percent(10),
        }
    }

    /// Changes something, perhaps to no effect.
    fn change(&mut self, chance: &mut Chance) {
        match chance.below(10) {
            0..=3 => self.change_kind(chance),
            4..=7 => self.change_fields(chance),
            _ => self.change_named(chance),
        }
    }

    fn change_kind(&mut self, chance: &mut Chance) {
        let new = self.kind(chance, 3);
        let kind = self.some_kind(chance);
        let old = std::mem::replace(kind, Kind::Primitive("null"));
        *kind = match (old, chance.below(6)) {
            (Kind::Primitive("int"), 0..=3) => Kind::Primitive("long"),
            (Kind::Primitive("long" | "float"), 0..=3) => Kind::Primitive("double"),
            (Kind::Primitive("string"), 0..=3) => Kind::Primitive("bytes"),
            (Kind::Logical(base, _), 0..=3) => Kind::Primitive(base),
            (Kind::Union(mut kinds), 0..=1) => {
                kinds.push(new);
                Kind::Union(kinds)
            }
            (Kind::Union(mut kinds), 2) => {
                kinds.pop();
                Kind::Union(kinds)
            }
            (Kind::Union(mut kinds), 3) => {
                kinds.reverse();
                Kind::Union(kinds)
            }
            (Kind::Union(kinds), _) => Kind::Union(kinds),
            (old, 4) => Kind::Array(Box::new(old)),
            (_, 5) => new,
            (old, _) => Kind::Union(vec![Kind::Primitive("null"), old]),
        };
    }

    /// A type within a field, or the whole.
    fn some_kind(&mut self, chance: &mut Chance) -> &mut Kind {
        let mut kinds: Vec<&mut Kind> = vec![&mut self.root];
        for named in &mut self.named {
            if let Body::Record(fields) = &mut named.body {
                kinds.extend(fields.iter_mut().map(|field| &mut field.kind));
            }
        }
        let place = chance.below(kinds.len());
        deeper(kinds.swap_remove(place), chance)
    }

    fn change_fields(&mut self, chance: &mut Chance) {
        let new = self.field(chance, 2);
        let name = self.name('f');
        let mut records: Vec<&mut Vec<Field>> = self
            .named
            .iter_mut()
            .filter_map(|named| match &mut named.body {
                Body::Record(fields) => Some(fields),
                _ => None,
            })
            .collect();
        if records.is_empty() {
            return;
        }
        let place = chance.below(records.len());
        let fields = records.swap_remove(place);
        if fields.is_empty() {
            return fields.push(new);
        }
        let place = chance.below(fields.len());
        match chance.below(8) {
            0..=1 => fields.insert(place, new),
            2 => {
                fields.remove(place);
            }
            3 => fields.reverse(),
            4..=5 => {
                let field = &mut fields[place];
                let old = std::mem::replace(&mut field.name, name);
                if chance.percent(70) {
                    field.aliases.push(old);
                }
            }
            6 => fields[place].default ^= true,
            _ => fields[place].word ^= true,
        }
    }

    fn change_named(&mut self, chance: &mut Chance) {
        if self.named.is_empty() {
            return;
        }
        let new = self.name('N');
        let namespace = chance.of(self.namespaces);
        let place = chance.below(self.named.len());
        let named = &mut self.named[place];
        match (chance.below(6), &mut named.body) {
            (0..=1, Body::Enum(symbols, default)) => {
                symbols.insert(0, new);
                *default = default.map(|place| place + 1);
            }
            (2, Body::Enum(_, default)) => *default = None,
            (3, Body::Enum(symbols, default)) => {
                symbols.truncate(1);
                *default = default.map(|_| 0);
            }
            (0, Body::Fixed(size)) => *size += 1,
            (4, _) => named.namespace = namespace,
            (5, _) => {
                let alias = if chance.percent(80) {
                    named.full()
                } else {
                    named.name.clone()
                };
                named.name = new;
                if chance.percent(70) {
                    named.aliases.push(alias);
                }
            }
            _ => {}
        }
    }

    /// The schema as JSON.
    fn text(&self) -> String {
        let mut written = vec![false; self.named.len()];
        self.json(&self.root, &mut written).to_string()
    }

    fn json(&self, kind: &Kind, written: &mut [bool]) -> Value {
        match kind {
            Kind::Primitive(word) => json!(word),
            Kind::Logical(base, logical) => json!({"type": base, "logicalType": logical}),
            Kind::Array(items) => json!({"type": "array", "items": self.json(items, written)}),
            Kind::Map(values) => json!({"type": "map", "values": self.json(values, written)}),
            Kind::Union(_) => {
                let kinds = self.branches(kind);
                Value::Array(
                    kinds
                        .into_iter()
                        .map(|kind| self.json(kind, written))
                        .collect(),
                )
            }
            Kind::Named(place) => self.named(*place, written),
        }
    }

    /// A union's types without unions in it, each once.
    fn branches<'a>(&self, kind: &'a Kind) -> Vec<&'a Kind> {
        let mut flat: Vec<&Kind> = Vec::new();
        let mut rest = vec![kind];
        while let Some(kind) = rest.pop() {
            match kind {
                Kind::Union(kinds) => rest.extend(kinds.iter().rev()),
                other if flat.iter().all(|known| self.key(known) != self.key(other)) => {
                    flat.push(other);
                }
                _ => {}
            }
        }
        flat
    }

    fn key(&self, kind: &Kind) -> String {
        match kind {
            Kind::Primitive(word) | Kind::Logical(word, _) => (*word).to_owned(),
            Kind::Array(_) => "array".to_owned(),
            Kind::Map(_) => "map".to_owned(),
            Kind::Union(_) => "union".to_owned(),
            Kind::Named(place) => self.named[*place].full(),
        }
    }

    fn named(&self, place: usize, written: &mut [bool]) -> Value {
        let named = &self.named[place];
        if std::mem::replace(&mut written[place], true) {
            return json!(named.full());
        }
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(named.name));
        object.insert("namespace".to_owned(), json!(named.namespace));
        if !named.aliases.is_empty() {
            object.insert("aliases".to_owned(), json!(named.aliases));
        }
        match &named.body {
            Body::Fixed(size) => {
                object.insert("type".to_owned(), json!("fixed"));
                object.insert("size".to_owned(), json!(size));
            }
            Body::Enum(symbols, default) => {
                object.insert("type".to_owned(), json!("enum"));
                object.insert("symbols".to_owned(), json!(symbols));
                if let Some(place) = default {
                    object.insert("default".to_owned(), json!(symbols[*place]));
                }
            }
            Body::Record(fields) => {
                object.insert("type".to_owned(), json!("record"));
                let fields = fields.iter().map(|field| self.field_json(field, written));
                object.insert("fields".to_owned(), fields.collect());
            }
        }
        Value::Object(object)
    }

    fn field_json(&self, field: &Field, written: &mut [bool]) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(field.name));
        object.insert("type".to_owned(), self.json(&field.kind, written));
        if let (true, Some(default)) = (field.default, self.value(&field.kind)) {
            object.insert("default".to_owned(), default);
        }
        if field.word {
            object.insert("minLength".to_owned(), json!(8));
        }
        if !field.aliases.is_empty() {
            object.insert("aliases".to_owned(), json!(field.aliases));
        }
        Value::Object(object)
    }

    /// A default for a type; none where records make it long.
    fn value(&self, kind: &Kind) -> Option<Value> {
        Some(match kind {
            Kind::Primitive(word) | Kind::Logical(word, _) => match *word {
                "null" => Value::Null,
                "boolean" => json!(true),
                "float" | "double" => json!(1.5),
                "int" | "long" => json!(7),
                _ => json!("text"),
            },
            Kind::Array(_) => json!([]),
            Kind::Map(_) => json!({}),
            Kind::Union(_) => {
                let kinds = self.branches(kind);
                return kinds.into_iter().rev().find_map(|kind| self.value(kind));
            }
            Kind::Named(place) => match &self.named[*place].body {
                Body::Fixed(size) => json!("x".repeat(*size)),
                Body::Enum(symbols, _) => json!(symbols[0]),
                Body::Record(_) => return None,
            },
        })
    }
}

/// A type within a type, or itself.
fn deeper<'a>(kind: &'a mut Kind, chance: &mut Chance) -> &'a mut Kind {
    let leaf = match kind {
        Kind::Array(_) | Kind::Map(_) => false,
        Kind::Union(kinds) => kinds.is_empty(),
        _ => true,
    };
    if leaf || chance.percent(40) {
        return kind;
    }
    match kind {
        Kind::Array(inner) | Kind::Map(inner) => deeper(inner, chance),
        Kind::Union(kinds) => {
            let place = chance.below(kinds.len());
            deeper(&mut kinds[place], chance)
        }
        other => other,
    }
}

impl Named {
    fn full(&self) -> String {
        match self.namespace {
            "" => self.name.clone(),
            namespace => format!("{namespace}.{}", self.name),
        }
    }
}
