//! The known word that an unknown one was probably meant to be.

/// The nearest of `known` to `word`, if it is near enough to be a slip: at most one letter in three wrong.
pub fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    let (distance, nearest) = known
        .map(|known| (distance(known), known))
        .min_by_key(|(distance, _)| *distance)?;
    let allowed = (nearest.chars().count().min(word.chars().count()) / 3).max(1);
    (distance <= allowed).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["minSize", "maxSize", "name", "iam"];
        let suggest = |word| suggest(word, known.into_iter());
        assert_eq!(suggest("maxSzie"), Some("maxSize"));
        assert_eq!(suggest("esiredCapacity"), None);
        assert_eq!(suggest("ame"), Some("name"));
        assert_eq!(suggest("x"), None);
    }
}
