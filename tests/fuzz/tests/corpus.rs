//! Every input of the corpus, and a few that are cut off or damaged, through its target.

use std::fs;
use std::path::Path;
use stepwell_fuzz::TARGETS;

#[test]
fn the_corpus_passes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<_> = fs::read_dir(&corpus)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    assert_eq!(folders, names, "a folder for each target");
    for target in TARGETS {
        let files: Vec<_> = fs::read_dir(corpus.join(target.name)).unwrap().collect();
        assert!(files.len() >= 3, "{} has {} inputs", target.name, files.len());
        for file in files {
            let input = fs::read(file.unwrap().path()).unwrap();
            (target.run)(&input);
            (target.run)(&input[..input.len() / 2]);
            (target.run)(&input[input.len() / 3..]);
        }
    }
}
