//! Which plan a pair of types has.

use std::collections::HashMap;

use super::{Part, Plan, Promotion, ResolveError, Resolver};
use crate::nearest::nearest;
use crate::schema::{AvroSchema, Enum, LogicalType, NodeId, Record, Type};

/// How deep pairs of types may stand within each other.
const MAX_PAIRS: usize = 256;

pub(super) fn compile(writer: &AvroSchema, reader: &AvroSchema) -> Result<Resolver, ResolveError> {
    let mut compiler = Compiler {
        writer,
        reader,
        plans: Vec::new(),
        known: HashMap::new(),
        depth: 0,
    };
    let root = compiler.pair(writer.root, reader.root)?;
    Ok(Resolver {
        writer: writer.clone(),
        plans: compiler.plans,
        root,
    })
}

struct Compiler<'a> {
    writer: &'a AvroSchema,
    reader: &'a AvroSchema,
    plans: Vec<Plan>,
    /// The plan of a pair, also of one that is still being made: a pair within itself matches if
    /// the rest does.
    known: HashMap<(NodeId, NodeId), Result<usize, ResolveError>>,
    depth: usize,
}

type Planned = Result<usize, ResolveError>;

impl Compiler<'_> {
    fn pair(&mut self, writer: NodeId, reader: NodeId) -> Planned {
        if let Some(known) = self.known.get(&(writer, reader)) {
            return known.clone();
        }
        if self.depth == MAX_PAIRS {
            return mismatch(format!(
                "types stand more than {MAX_PAIRS} deep within each other"
            ));
        }
        let place = self.plans.len();
        self.plans.push(Plan::Never(String::new()));
        self.known.insert((writer, reader), Ok(place));
        self.depth += 1;
        let planned = match self.plan(writer, reader) {
            Ok(plan) => {
                self.plans[place] = plan;
                Ok(place)
            }
            Err(error) => {
                self.plans[place] = Plan::Never(error.to_string());
                Err(error)
            }
        };
        self.depth -= 1;
        self.known.insert((writer, reader), planned.clone());
        planned
    }

    fn plan(&mut self, w: NodeId, r: NodeId) -> Result<Plan, ResolveError> {
        let (writer, reader) = (self.writer.node(w), self.reader.node(r));
        match (&writer.kind, &reader.kind) {
            (Type::Union(branches), _) => return self.of_written_union(branches, r),
            (_, Type::Union(branches)) => return self.for_own_union(w, branches),
            (Type::Array(items), Type::Array(own)) => {
                return Ok(Plan::Array(self.pair(*items, *own)?));
            }
            (Type::Map(values), Type::Map(own)) => {
                return Ok(Plan::Map(self.pair(*values, *own)?));
            }
            _ => {}
        }
        if let Some(promotion) = promotion(&writer.kind, &reader.kind) {
            return Ok(Plan::Promote(promotion));
        }
        if std::mem::discriminant(&writer.kind) != std::mem::discriminant(&reader.kind) {
            let (written, own) = (self.writer.label(w), self.reader.label(r));
            return mismatch(format!("{written} is not read as {own}"));
        }
        self.same_name(w, r)?;
        match (&writer.kind, &reader.kind) {
            (Type::Fixed(written), Type::Fixed(own)) if written.size != own.size => {
                mismatch(format!(
                    "a fixed of {} bytes is not read as one of {}",
                    written.size, own.size
                ))
            }
            (Type::Enum(written), Type::Enum(own)) => Ok(symbols(w, written, own)),
            (Type::Record(written), Type::Record(own)) => self.record(written, own),
            _ => same_decimal(writer.logical, reader.logical).map(|()| Plan::Same(w)),
        }
    }

    fn same_name(&self, writer: NodeId, reader: NodeId) -> Result<(), ResolveError> {
        let (writer, reader) = (self.writer.node(writer), self.reader.node(reader));
        match (writer.name(), reader.name()) {
            (Some(written), Some(own))
                if written.name != own.name && !reader.aliases().contains(written) =>
            {
                mismatch(format!(
                    "`{own}` does not read `{written}`: give it the alias `{written}`"
                ))
            }
            _ => Ok(()),
        }
    }

    fn of_written_union(
        &mut self,
        branches: &[NodeId],
        reader: NodeId,
    ) -> Result<Plan, ResolveError> {
        let mut first = None;
        let mut plans = Vec::with_capacity(branches.len());
        let mut any = false;
        for branch in branches {
            match self.pair(*branch, reader) {
                Ok(plan) => {
                    any = true;
                    plans.push(plan);
                }
                Err(error) => {
                    plans.push(self.plans.len());
                    self.plans.push(Plan::Never(error.to_string()));
                    first = first.or(Some(error));
                }
            }
        }
        match first {
            Some(error) if !any => Err(error),
            _ => Ok(Plan::FromUnion(plans.into())),
        }
    }

    fn for_own_union(&mut self, writer: NodeId, branches: &[NodeId]) -> Result<Plan, ResolveError> {
        // Only what may match is looked at closely: there may be many branches.
        let rank = |branch: &NodeId| {
            let (written, own) = (self.writer.node(writer), self.reader.node(*branch));
            if std::mem::discriminant(&written.kind) != std::mem::discriminant(&own.kind) {
                return promotion(&written.kind, &own.kind).map(|_| 2);
            }
            match (written.name(), own.name()) {
                (written, own) if written == own => Some(0),
                (Some(written), Some(name))
                    if written.name == name.name || own.aliases().contains(written) =>
                {
                    Some(1)
                }
                _ => None,
            }
        };
        let ranks = branches.iter().map(rank).zip(0..);
        let ranked = ranks.filter_map(|(rank, index)| Some((rank?, index)));
        let mut order: Vec<(usize, usize)> = ranked.collect();
        order.sort_unstable();
        let mut nearest = None;
        for (rank, index) in order {
            match self.pair(writer, branches[index]) {
                Ok(plan) => return Ok(Plan::IntoUnion(index, plan)),
                // Of the same type, it tells what is in the way.
                Err(error) if rank < 2 => nearest = nearest.or(Some(error)),
                Err(_) => {}
            }
        }
        Err(nearest.unwrap_or_else(|| {
            let labels: Vec<String> = branches.iter().map(|id| self.reader.label(*id)).collect();
            ResolveError {
                path: String::new(),
                reason: format!(
                    "{} is not read as {}",
                    self.writer.label(writer),
                    labels.join(" or ")
                ),
            }
        }))
    }

    fn record(&mut self, written: &Record, own: &Record) -> Result<Plan, ResolveError> {
        let by_name: HashMap<&str, usize> = written
            .fields
            .iter()
            .map(|f| f.name.as_str())
            .zip(0..)
            .collect();
        let skip = |field: &crate::schema::Field| Part::Skip(field.kind);
        let mut fields: Vec<Part> = written.fields.iter().map(skip).collect();
        let mut defaults = Vec::new();
        for (index, field) in own.fields.iter().enumerate() {
            let within = |error: ResolveError| error.within(&field.name);
            let found = source(&by_name, field).map_err(within)?;
            if let Some(from) = found {
                if let Part::Read(..) = fields[from] {
                    let name = &written.fields[from].name;
                    return mismatch(format!(
                        "two fields read `{name}`: leave out its alias in one"
                    ))
                    .map_err(within);
                }
                let plan = self
                    .pair(written.fields[from].kind, field.kind)
                    .map_err(within)?;
                fields[from] = Part::Read(index, plan);
                continue;
            }
            let default = field.default.as_ref();
            let value = default.and_then(|json| self.reader.default_value(field.kind, json));
            let value = value.ok_or_else(|| {
                let near = nearest(&field.name, by_name.keys().copied());
                within(ResolveError {
                    path: String::new(),
                    reason: format!(
                        "`{}` writes no such field: give it a default{}",
                        written.name,
                        near.map_or(String::new(), |near| format!(", or the alias `{near}`"))
                    ),
                })
            })?;
            defaults.push((index, value));
        }
        Ok(Plan::Record {
            fields: fields.into(),
            defaults: defaults.into(),
            count: own.fields.len(),
        })
    }
}

/// The writer's field that is this one of the reader.
fn source(
    by_name: &HashMap<&str, usize>,
    field: &crate::schema::Field,
) -> Result<Option<usize>, ResolveError> {
    let names = std::iter::once(&field.name).chain(&field.aliases);
    let mut found: Vec<usize> = names
        .filter_map(|name| by_name.get(name.as_str()).copied())
        .collect();
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => mismatch(
            "it and its aliases are several fields of the writer: leave the aliases of all but one out"
                .to_owned(),
        ),
    }
}

fn symbols(id: NodeId, written: &Enum, own: &Enum) -> Plan {
    let places: HashMap<&str, usize> = own.symbols.iter().map(String::as_str).zip(0..).collect();
    let default = own
        .default
        .as_deref()
        .and_then(|symbol| places.get(symbol).copied());
    let read = |symbol: &String| places.get(symbol.as_str()).copied().or(default);
    Plan::Enum(id, written.symbols.iter().map(read).collect())
}

fn promotion(writer: &Type, reader: &Type) -> Option<Promotion> {
    Some(match (writer, reader) {
        (Type::Int, Type::Long) => Promotion::IntToLong,
        (Type::Int, Type::Float) => Promotion::IntToFloat,
        (Type::Int, Type::Double) => Promotion::IntToDouble,
        (Type::Long, Type::Float) => Promotion::LongToFloat,
        (Type::Long, Type::Double) => Promotion::LongToDouble,
        (Type::Float, Type::Double) => Promotion::FloatToDouble,
        (Type::String, Type::Bytes) => Promotion::StringToBytes,
        (Type::Bytes, Type::String) => Promotion::BytesToString,
        _ => return None,
    })
}

/// Decimals are read as each other only if they mean the same.
fn same_decimal(
    writer: Option<LogicalType>,
    reader: Option<LogicalType>,
) -> Result<(), ResolveError> {
    match (writer, reader) {
        (Some(LogicalType::Decimal { .. }), Some(LogicalType::Decimal { .. }))
            if writer != reader =>
        {
            mismatch("decimals of another precision or scale are not the same type".to_owned())
        }
        _ => Ok(()),
    }
}

fn mismatch<T>(reason: String) -> Result<T, ResolveError> {
    Err(ResolveError {
        path: String::new(),
        reason,
    })
}

impl ResolveError {
    fn within(mut self, field: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path.insert_str(0, dot);
        self.path.insert_str(0, field);
        self
    }
}
