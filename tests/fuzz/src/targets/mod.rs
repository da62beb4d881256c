//! The targets.

mod engine;
mod language;
mod stored;
mod wire;

/// A promise and the code that gives it.
#[derive(Debug)]
pub struct Target {
    /// Its name, and the name of its folder in the corpus.
    pub name: &'static str,
    /// Takes any bytes; panics where a promise is broken.
    pub run: fn(&[u8]),
}

/// All targets.
pub static TARGETS: &[Target] = &[
    Target { name: "json", run: language::json },
    Target { name: "path", run: language::path },
    Target { name: "jsonata", run: language::jsonata },
    Target { name: "timestamp", run: language::timestamp },
    Target { name: "definition", run: engine::definition },
    Target { name: "template", run: engine::template },
    Target { name: "intrinsic", run: engine::intrinsic },
    Target { name: "choice", run: engine::choice },
    Target { name: "execution", run: engine::execution },
    Target { name: "name", run: wire::name },
    Target { name: "token", run: wire::token },
    Target { name: "request", run: wire::request },
    Target { name: "record", run: stored::record },
    Target { name: "history", run: stored::history },
];
