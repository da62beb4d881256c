//! The documents that paths look into.

use stepwell_json::Value;
use stepwell_jsonpath::{Miss, Path, Root};

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

#[cfg(test)]
mod tests {
    use super::Data;
    use stepwell_json::parse;
    use stepwell_jsonpath::Path;

    #[test]
    fn paths_read_the_document_they_start_from() {
        let (input, context) = (parse(r#"{"a":[1,2]}"#).unwrap(), parse(r#"{"a":9}"#).unwrap());
        let data = Data { input: &input, context: &context };
        let select = |path| data.select(&Path::parse(path).unwrap()).map(|value| value.to_json());
        assert_eq!(select("$").unwrap(), r#"{"a":[1,2]}"#);
        assert_eq!(select("$.a[1]").unwrap(), "2");
        assert_eq!(select("$$.a").unwrap(), "9");
        assert_eq!(select("$.b").unwrap_err().to_string(), "No results for path: $['b']");
        assert!(select("$name.a").is_err());
    }
}
