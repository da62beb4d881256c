//! The documents that paths look into.

use crate::ast::DataPath;
use stepwell_json::{Object, Value};
use stepwell_jsonpath::{Miss, Path, Root, Unreachable};

/// The documents that the paths of a state see.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// `$`
    pub input: &'a Value,
    /// `$$`: the context object.
    pub context: &'a Value,
}

impl Data<'_> {
    /// What `path` finds in the document that it starts from. Variables are not evaluated yet: a
    /// path from one sees `null`, and [`crate::unsupported`] refuses the definition.
    ///
    /// # Errors
    /// A definite path finds nothing. [`Path::text`] is what messages quote with the miss.
    pub fn select(&self, path: &Path) -> Result<Value, Miss> {
        match path.root() {
            Root::Input => path.select(self.input),
            Root::Context => path.select(self.context),
            Root::Variable(_) => path.select(&Value::Null),
        }
    }
}

impl DataPath {
    /// What an `InputPath` or `OutputPath` hands on (States Language, "InputPath and OutputPath").
    ///
    /// # Errors
    /// A definite path finds nothing.
    pub fn read(&self, data: Data<'_>) -> Result<Value, Miss> {
        match self {
            Self::Whole => Ok(data.input.clone()),
            Self::Nothing => Ok(Object::new().into()),
            Self::At(path) => data.select(path),
        }
    }

    /// What a `ResultPath` makes of a state's raw input and its result (States Language,
    /// "ResultPath").
    ///
    /// # Errors
    /// The path leads through a value that is no object, or past the end of an array.
    pub fn write(&self, input: Value, result: Value) -> Result<Value, Unreachable> {
        match self {
            Self::Whole => Ok(result),
            Self::Nothing => Ok(input),
            Self::At(path) => path.set(input, result),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Data;
    use crate::ast::DataPath;
    use stepwell_json::{Value, parse};
    use stepwell_jsonpath::Path;

    fn at(text: &str) -> DataPath {
        DataPath::At(Path::parse(text).unwrap())
    }

    #[test]
    fn paths_read_the_document_they_start_from() {
        let (input, context) = (parse(r#"{"a":[1,2]}"#).unwrap(), parse(r#"{"a":9}"#).unwrap());
        let data = Data { input: &input, context: &context };
        let read = |path: DataPath| path.read(data).map(|value| value.to_json());
        assert_eq!(read(DataPath::Whole).unwrap(), r#"{"a":[1,2]}"#);
        assert_eq!(read(DataPath::Nothing).unwrap(), "{}");
        assert_eq!(read(at("$.a[1]")).unwrap(), "2");
        assert_eq!(read(at("$$.a")).unwrap(), "9");
        assert_eq!(read(at("$.b")).unwrap_err().to_string(), "No results for path: $['b']");
        assert!(read(at("$name")).is_ok_and(|text| text == "null"));
        assert!(read(at("$name.a")).is_err());
    }

    #[test]
    fn results_go_where_the_path_says() {
        let input = || parse(r#"{"a":1}"#).unwrap();
        let write = |path: DataPath| path.write(input(), Value::from(2)).map(|v| v.to_json());
        assert_eq!(write(DataPath::Whole).unwrap(), "2");
        assert_eq!(write(DataPath::Nothing).unwrap(), r#"{"a":1}"#);
        assert_eq!(write(at("$.b.c")).unwrap(), r#"{"a":1,"b":{"c":2}}"#);
        assert!(write(at("$.a.c")).is_err());
    }
}
