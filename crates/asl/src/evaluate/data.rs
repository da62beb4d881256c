//! The documents that paths look into.

use std::fmt::Debug;
use stepwell_json::{Object, Value};
use stepwell_jsonpath::{Miss, Path, Root, Work};

/// The variables that a state sees, those of outer scopes included.
pub trait Variables: Debug {
    /// The value of the variable; none where it is not assigned.
    fn variable(&self, name: &str) -> Option<Value>;
}

/// Variables by name.
impl Variables for Object {
    fn variable(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

/// The documents that the paths of a state see.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// `$`
    pub input: &'a Value,
    /// `$$`: the context object.
    pub context: &'a Value,
    /// `$name`
    pub variables: &'a dyn Variables,
}

impl Data<'_> {
    /// What `path` finds in the document that it starts from; an indefinite path that finds
    /// nothing gives an empty array, wherever it ended (recorded).
    ///
    /// # Errors
    /// A definite path finds nothing. [`Path::text`] is what messages quote with the miss.
    pub fn select(&self, path: &Path) -> Result<Value, Miss> {
        self.select_within(path, &Work::default())
    }

    /// As [`Data::select`], charging what the path looks at to `work`.
    ///
    /// # Errors
    /// A definite path finds nothing, or `work` is exhausted.
    pub fn select_within(&self, path: &Path, work: &Work) -> Result<Value, Miss> {
        let variable;
        let document = match path.root() {
            Root::Input => self.input,
            Root::Context => self.context,
            Root::Variable(name) => {
                variable = self.variables.variable(name).ok_or_else(|| Miss::unassigned(name))?;
                &variable
            }
        };
        match path.select_within(document, work) {
            Err(miss) if !path.is_definite() && !miss.is_exhausted() => Ok(Vec::new().into()),
            found => found,
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
        let variables = parse(r#"{"x":{"a":3}}"#).unwrap();
        let variables = variables.as_object().unwrap();
        let data = Data { input: &input, context: &context, variables };
        let select = |path| data.select(&Path::parse(path).unwrap()).map(|value| value.to_json());
        assert_eq!(select("$").unwrap(), r#"{"a":[1,2]}"#);
        assert_eq!(select("$.a[1]").unwrap(), "2");
        assert_eq!(select("$$.a").unwrap(), "9");
        assert_eq!(select("$.b").unwrap_err().to_string(), "No results for path: $['b']");
        assert_eq!(select("$.b.c[*].d").unwrap(), "[]");
        assert_eq!(select("$x.a").unwrap(), "3");
        assert_eq!(select("$x.b").unwrap_err().to_string(), "No results for path: $['b']");
        let unassigned = "The variable '$name' is not assigned";
        assert_eq!(select("$name.a").unwrap_err().to_string(), unassigned);
        assert_eq!(select("$name[*]").unwrap_err().to_string(), unassigned);
    }
}
