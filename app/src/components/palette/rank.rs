//! Which items a query means.

use super::PaletteItem;

/// Positions of the items that `query` means, the best first, at most `limit`. Everything, in order,
/// when it is empty.
pub(super) fn best(items: &[PaletteItem], query: &str, limit: usize) -> Vec<usize> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(u32, usize)> = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| score(item, &words).map(|score| (score, at)))
        .collect();
    found.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    found.into_iter().take(limit).map(|(_, at)| at).collect()
}

/// How well an item fits all words; none when one word is nowhere in it. The start of the name is worth
/// most, then the start of a word of it, then any place in it, then the start of one of the other words.
fn score(item: &PaletteItem, words: &[String]) -> Option<u32> {
    let label = item.label.to_lowercase();
    let rest = format!("{} {}", item.group, item.keywords).to_lowercase();
    words.iter().try_fold(0, |sum, word| {
        let points = if label.starts_with(word.as_str()) {
            8
        } else if starts_a_word(&label, word) {
            4
        } else if label.contains(word.as_str()) {
            2
        } else if starts_a_word(&rest, word) {
            1
        } else {
            return None;
        };
        Some(sum + points)
    })
}

fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::{PaletteItem, best};

    fn items() -> Vec<PaletteItem> {
        vec![
            PaletteItem::link("Screen", "Users", "/users"),
            PaletteItem::link("Endpoint", "POST /auth/register", "/e/register").keywords("sign-up"),
            PaletteItem::link("Hook", "Refuse free e-mail", "/h/1").keywords("pre-user-registration"),
        ]
    }

    #[test]
    fn an_empty_query_means_everything() {
        assert_eq!(best(&items(), " ", 10), [0, 1, 2]);
    }

    #[test]
    fn names_come_before_other_words() {
        assert_eq!(best(&items(), "re", 10), [2, 1]);
        assert_eq!(best(&items(), "regist", 10), [1, 2]);
        assert_eq!(best(&items(), "hook free", 10), [2]);
        assert!(best(&items(), "zebra", 10).is_empty());
    }
}
