//! A schema as columns: which there are, and which part of an item goes to which.

use std::ops::Range;
use std::sync::Arc;

use huntsman_avro::{AvroSchema, NodeId, Type};
use parquet::basic::{LogicalType, Repetition};
use parquet::schema::types::{Type as Parquet, TypePtr};

use crate::column::Column;
use crate::error::Unfit;
use crate::leaf::Leaf;
use crate::take::Take;

/// The most columns of a file: each takes memory, and a place in the footer for each row group.
const MAX_COLUMNS: usize = 10_000;

/// A type of the schema at one place of an item, with the columns that its values go to.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) shape: Shape,
    pub(crate) columns: Range<usize>,
}

/// How the values of a part are laid out.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Nothing: a column that is always null.
    Null,
    /// One column.
    Value(Take),
    Record(Vec<Part>),
    Union(Union),
    List {
        /// The level of values that are not the first of this list.
        repetition: i16,
        elements: Box<Part>,
    },
    Map {
        repetition: i16,
        /// The column before those of the values.
        key: usize,
        values: Box<Part>,
    },
}

/// A union of Avro: what may be missing, or of several types.
#[derive(Debug)]
pub(crate) struct Union {
    /// The number of the branch `null`.
    pub(crate) null: Option<usize>,
    /// Whether its members stand in a group, as there are several.
    pub(crate) grouped: bool,
    /// The other branches by their numbers.
    pub(crate) members: Vec<(usize, Part)>,
}

/// All columns of an item.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) root: Part,
    pub(crate) columns: Vec<Column>,
    pub(crate) schema: TypePtr,
}

impl Layout {
    /// Lays the record of a schema out.
    pub(crate) fn of(schema: &AvroSchema) -> Result<Self, Unfit> {
        let node = schema.node(schema.root());
        let Type::Record(record) = &node.kind else {
            return Err(Unfit::NotRecord(node.kind.word()));
        };
        let mut builder = Builder {
            schema,
            columns: Vec::new(),
            path: Vec::new(),
            within: Vec::new(),
        };
        let top = Levels {
            definition: 0,
            repetition: 0,
        };
        let (fields, root) = builder.record(schema.root(), top)?;
        let name = &record.name.name;
        let message = Parquet::group_type_builder(name).with_fields(fields);
        Ok(Self {
            root,
            columns: builder.columns,
            schema: Arc::new(message.build()?),
        })
    }
}

/// The levels of a value that is there.
#[derive(Debug, Clone, Copy)]
struct Levels {
    definition: i16,
    repetition: i16,
}

impl Levels {
    fn optional(self) -> Self {
        Self {
            definition: self.definition + 1,
            ..self
        }
    }

    fn repeated(self) -> Self {
        Self {
            definition: self.definition + 1,
            repetition: self.repetition + 1,
        }
    }
}

struct Builder<'a> {
    schema: &'a AvroSchema,
    columns: Vec<Column>,
    /// Names from the item on.
    path: Vec<String>,
    /// The records around.
    within: Vec<NodeId>,
}

type Made = Result<(Parquet, Part), Unfit>;

impl Builder<'_> {
    /// What is called `name`, and perhaps may be missing.
    fn named(&mut self, name: &str, id: NodeId, at: Levels) -> Made {
        self.path.push(name.to_owned());
        let made = match &self.schema.node(id).kind {
            Type::Union(branches) => self.union(name, branches, at),
            _ => self.plain(name, id, Repetition::REQUIRED, at),
        };
        self.path.pop();
        made
    }

    /// What is no union; `at` counts that it is optional.
    fn plain(&mut self, name: &str, id: NodeId, repetition: Repetition, at: Levels) -> Made {
        let node = self.schema.node(id);
        if let Some(leaf) = Leaf::of(node) {
            if matches!(leaf.take, Take::Fixed(0)) {
                return Err(Unfit::NoBytes { path: self.path() });
            }
            let take = leaf.take.clone();
            let (made, columns) = self.column(name, leaf, repetition, at)?;
            let shape = Shape::Value(take);
            return Ok((made, Part { shape, columns }));
        }
        match &node.kind {
            Type::Array(items) => self.list(name, *items, repetition, at),
            Type::Map(values) => self.map(name, *values, repetition, at),
            Type::Record(_) => {
                let (fields, part) = self.record(id, at)?;
                let group = Parquet::group_type_builder(name).with_fields(fields);
                Ok((group.with_repetition(repetition).build()?, part))
            }
            _ => self.null(name, at),
        }
    }

    /// A column that has no values.
    fn null(&mut self, name: &str, at: Levels) -> Made {
        let leaf = Leaf::null();
        let (made, columns) = self.column(name, leaf, Repetition::OPTIONAL, at.optional())?;
        let shape = Shape::Null;
        Ok((made, Part { shape, columns }))
    }

    fn column(
        &mut self,
        name: &str,
        leaf: Leaf,
        repetition: Repetition,
        at: Levels,
    ) -> Result<(Parquet, Range<usize>), Unfit> {
        let number = self.columns.len();
        if number == MAX_COLUMNS {
            return Err(Unfit::TooMany(MAX_COLUMNS));
        }
        let (path, values) = (self.path(), leaf.values());
        let column = Column::new(path, values, at.definition, at.repetition);
        self.columns.push(column);
        Ok((leaf.build(name, repetition)?, number..number + 1))
    }

    fn record(&mut self, id: NodeId, at: Levels) -> Result<(Vec<TypePtr>, Part), Unfit> {
        let Type::Record(record) = &self.schema.node(id).kind else {
            return Err(Unfit::NotRecord(self.schema.node(id).kind.word()));
        };
        let name = record.name.to_string();
        if self.within.contains(&id) {
            let path = self.path();
            return Err(Unfit::Recursive { path, name });
        }
        if record.fields.is_empty() {
            let path = self.path();
            return Err(Unfit::NoFields { path, name });
        }
        let start = self.columns.len();
        self.within.push(id);
        let (mut types, mut parts) = (Vec::new(), Vec::new());
        for field in &record.fields {
            let (made, part) = self.named(&field.name, field.kind, at)?;
            types.push(Arc::new(made));
            parts.push(part);
        }
        self.within.pop();
        let shape = Shape::Record(parts);
        let columns = start..self.columns.len();
        Ok((types, Part { shape, columns }))
    }

    fn list(&mut self, name: &str, items: NodeId, repetition: Repetition, at: Levels) -> Made {
        let start = self.columns.len();
        self.path.push("list".to_owned());
        let (element, elements) = self.named("element", items, at.repeated())?;
        self.path.pop();
        let list = Parquet::group_type_builder("list")
            .with_repetition(Repetition::REPEATED)
            .with_fields(vec![Arc::new(element)]);
        let made = Parquet::group_type_builder(name)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::List))
            .with_fields(vec![Arc::new(list.build()?)]);
        let shape = Shape::List {
            repetition: at.repetition + 1,
            elements: Box::new(elements),
        };
        let columns = start..self.columns.len();
        Ok((made.build()?, Part { shape, columns }))
    }

    fn map(&mut self, name: &str, values: NodeId, repetition: Repetition, at: Levels) -> Made {
        let start = self.columns.len();
        self.path.push("key_value".to_owned());
        self.path.push("key".to_owned());
        let (key, _) = self.column("key", Leaf::key(), Repetition::REQUIRED, at.repeated())?;
        self.path.pop();
        let (value, values) = self.named("value", values, at.repeated())?;
        self.path.pop();
        let entries = Parquet::group_type_builder("key_value")
            .with_repetition(Repetition::REPEATED)
            .with_fields(vec![Arc::new(key), Arc::new(value)]);
        let made = Parquet::group_type_builder(name)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::Map))
            .with_fields(vec![Arc::new(entries.build()?)]);
        let shape = Shape::Map {
            repetition: at.repetition + 1,
            key: start,
            values: Box::new(values),
        };
        let columns = start..self.columns.len();
        Ok((made.build()?, Part { shape, columns }))
    }

    fn union(&mut self, name: &str, branches: &[NodeId], at: Levels) -> Made {
        let start = self.columns.len();
        let is_null = |id: &NodeId| matches!(self.schema.node(*id).kind, Type::Null);
        let null = branches.iter().position(is_null);
        let numbers = (0..branches.len()).filter(|number| Some(*number) != null);
        let numbers: Vec<usize> = numbers.collect();
        let (repetition, inner) = match null {
            Some(_) => (Repetition::OPTIONAL, at.optional()),
            None => (Repetition::REQUIRED, at),
        };
        let grouped = numbers.len() > 1;
        let mut members = Vec::new();
        let made = match &numbers[..] {
            [] if null.is_some() => self.null(name, at)?.0,
            [] => return Err(Unfit::NoTypes { path: self.path() }),
            [only] => {
                let (made, part) = self.plain(name, branches[*only], repetition, inner)?;
                members.push((*only, part));
                made
            }
            several => {
                let mut types = Vec::new();
                for number in several {
                    let member = self.member(branches, *number);
                    self.path.push(member.clone());
                    let id = branches[*number];
                    let (made, part) =
                        self.plain(&member, id, Repetition::OPTIONAL, inner.optional())?;
                    self.path.pop();
                    types.push(Arc::new(made));
                    members.push((*number, part));
                }
                let group = Parquet::group_type_builder(name).with_repetition(repetition);
                group.with_fields(types).build()?
            }
        };
        let shape = Shape::Union(Union {
            null,
            grouped,
            members,
        });
        let columns = start..self.columns.len();
        Ok((made, Part { shape, columns }))
    }

    /// What a branch is called: by its name, or by the word for its type. Names that differ in
    /// their namespace alone are written whole.
    fn member(&self, branches: &[NodeId], number: usize) -> String {
        let name = |id: NodeId| match self.schema.node(id).name() {
            Some(full) => full.name.clone(),
            None => self.schema.node(id).kind.word().to_owned(),
        };
        let own = name(branches[number]);
        let alike = branches.iter().filter(|id| name(**id) == own).count();
        match self.schema.node(branches[number]).name() {
            Some(full) if alike > 1 => full.to_string().replace('.', "_"),
            _ => own,
        }
    }

    fn path(&self) -> String {
        match &self.path[..] {
            [] => "the item".to_owned(),
            names => names.join("."),
        }
    }
}
