//! Two texts compared line by line.

use similar::{ChangeTag, TextDiff};

use crate::components::diff_view::DiffKind;

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The changed lines with a few around them; `name` is the heading of every part. Nothing when the texts
/// are the same.
pub(crate) fn lines(name: &str, old: &str, new: &str) -> Vec<(DiffKind, String)> {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let first = group.first().map_or(0, |op| op.new_range().start) + 1;
        lines.push((DiffKind::Header, format!("{name}, line {first}")));
        for op in &group {
            for change in diff.iter_changes(op) {
                let kind = match change.tag() {
                    ChangeTag::Equal => DiffKind::Same,
                    ChangeTag::Insert => DiffKind::Added,
                    ChangeTag::Delete => DiffKind::Removed,
                };
                lines.push((kind, change.value().trim_end_matches('\n').to_owned()));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::components::diff_view::DiffKind;

    #[test]
    fn a_changed_line_is_removed_and_added() {
        let found = lines("hook.ts", "a\nb\nc\n", "a\nx\nc\n");
        let kinds: Vec<DiffKind> = found.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(
            kinds,
            [DiffKind::Header, DiffKind::Same, DiffKind::Removed, DiffKind::Added, DiffKind::Same]
        );
        assert!(lines("hook.ts", "same", "same").is_empty());
    }
}
