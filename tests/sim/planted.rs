//! The bugs that the office must find, `tests/planted`: here only that each can still be planted;
//! `tests/planted/run` plants them.

use std::process::Command;

use restante_tests::workspace_root;

/// As many as reliability calls for.
const PLANTED: usize = 20;

#[test]
fn every_planted_bug_can_still_be_planted() {
    let folder = workspace_root().join("tests/planted");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut patches: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    patches.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
    patches.sort();
    assert_eq!(patches.len(), PLANTED);
    for patch in patches {
        let mut git = Command::new("git");
        git.args(["apply", "--check"]).arg(&patch).current_dir(workspace_root());
        let told = git.output().expect("git runs");
        let reason = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "{}: {reason}make it anew", patch.display());
    }
}
