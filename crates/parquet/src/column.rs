//! The values of one column that are not in a row group yet.

use std::mem;

use bytes::Bytes;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type,
};
use parquet::errors::Result;
use parquet::file::writer::SerializedColumnWriter;

/// Values with their levels, as the Dremel paper has them: a value for each definition level that
/// is the highest, and none for the others.
#[derive(Debug)]
pub(crate) struct Column {
    /// From the item to the column, with dots: `tags.list.element`.
    pub(crate) path: String,
    pub(crate) values: Values,
    definitions: Levels,
    repetitions: Levels,
    marked: (usize, usize),
}

/// One number for each value or missing value; none at all where all would be 0.
#[derive(Debug)]
struct Levels {
    needed: bool,
    levels: Vec<i16>,
}

impl Levels {
    fn new(highest: i16) -> Self {
        Self {
            needed: highest > 0,
            levels: Vec::new(),
        }
    }

    fn push(&mut self, level: i16) {
        if self.needed {
            self.levels.push(level);
        }
    }

    fn get(&self) -> Option<&[i16]> {
        self.needed.then_some(&self.levels)
    }
}

/// Values of one physical type.
#[derive(Debug)]
pub(crate) enum Values {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Spans),
    Fixed(Spans),
}

/// Many values of bytes in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    data: Vec<u8>,
    ends: Vec<usize>,
}

impl Spans {
    pub(crate) fn push(&mut self, value: &[u8]) {
        self.data.extend_from_slice(value);
        self.ends.push(self.data.len());
    }

    fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.data.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// What it takes, and what it takes while it is written.
    fn size(&self) -> usize {
        self.data.len() + self.ends.len() * (size_of::<usize>() + size_of::<ByteArray>())
    }

    /// All of them; none is left.
    pub(crate) fn take<T: From<ByteArray>>(&mut self) -> Vec<T> {
        let data = Bytes::from(mem::take(&mut self.data));
        let mut start = 0;
        let slice = |end| {
            let value = data.slice(start..end);
            start = end;
            T::from(ByteArray::from(value))
        };
        self.ends.drain(..).map(slice).collect()
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Bytes(spans) | Self::Fixed(spans) => spans.ends.len(),
        }
    }

    fn truncate(&mut self, count: usize) {
        match self {
            Self::Bool(values) => values.truncate(count),
            Self::Int32(values) => values.truncate(count),
            Self::Int64(values) => values.truncate(count),
            Self::Float(values) => values.truncate(count),
            Self::Double(values) => values.truncate(count),
            Self::Bytes(spans) | Self::Fixed(spans) => spans.truncate(count),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int32(values) => 4 * values.len(),
            Self::Float(values) => 4 * values.len(),
            Self::Int64(values) => 8 * values.len(),
            Self::Double(values) => 8 * values.len(),
            Self::Bytes(spans) | Self::Fixed(spans) => spans.size(),
        }
    }
}

impl Column {
    /// An empty column whose levels go up to these.
    pub(crate) fn new(path: String, values: Values, definition: i16, repetition: i16) -> Self {
        Self {
            path,
            values,
            definitions: Levels::new(definition),
            repetitions: Levels::new(repetition),
            marked: (0, 0),
        }
    }

    /// Adds the levels of a value, or of one that is missing.
    pub(crate) fn push_levels(&mut self, definition: i16, repetition: i16) {
        self.definitions.push(definition);
        self.repetitions.push(repetition);
    }

    /// Takes note of where the column stands.
    pub(crate) fn mark(&mut self) {
        self.marked = (self.values.len(), self.definitions.levels.len());
    }

    /// Forgets what came behind the mark.
    pub(crate) fn go_back(&mut self) {
        let (values, levels) = self.marked;
        self.values.truncate(values);
        self.definitions.levels.truncate(levels);
        // What is repeated is optional by that: there are as many levels of either.
        self.repetitions.levels.truncate(levels);
    }

    /// Bytes of memory that it takes, and will take while it is written.
    pub(crate) fn size(&self) -> usize {
        let levels = self.definitions.levels.len() + self.repetitions.levels.len();
        self.values.size() + levels * size_of::<i16>()
    }

    /// Writes all of it, and empties it.
    pub(crate) fn write(&mut self, to: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let levels = (self.definitions.get(), self.repetitions.get());
        match &mut self.values {
            Values::Bool(values) => write::<BoolType>(to, values, levels)?,
            Values::Int32(values) => write::<Int32Type>(to, values, levels)?,
            Values::Int64(values) => write::<Int64Type>(to, values, levels)?,
            Values::Float(values) => write::<FloatType>(to, values, levels)?,
            Values::Double(values) => write::<DoubleType>(to, values, levels)?,
            Values::Bytes(spans) => write::<ByteArrayType>(to, &spans.take(), levels)?,
            Values::Fixed(spans) => write::<FixedLenByteArrayType>(to, &spans.take(), levels)?,
        }
        self.values.truncate(0);
        self.definitions.levels.clear();
        self.repetitions.levels.clear();
        Ok(())
    }
}

fn write<T: DataType>(
    to: &mut SerializedColumnWriter<'_>,
    values: &[T::T],
    (definitions, repetitions): (Option<&[i16]>, Option<&[i16]>),
) -> Result<()> {
    let column = to.typed::<T>();
    column.write_batch(values, definitions, repetitions)?;
    Ok(())
}
