//! The known word that an unknown one was probably meant to be.

/// The nearest of `known` to `word`, if it is near enough to be a slip: at most one letter in three wrong.
pub fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = word.chars().count();
    let allowed = |known: &str| (known.chars().count().min(length) / 3).max(1);
    let distance = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    let (distance, nearest) = known
        // The difference in length must be made up letter by letter; words of any length are not compared in full.
        .filter(|known| known.chars().count().abs_diff(length) <= allowed(known))
        .map(|known| (distance(known), known))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= allowed(nearest)).then_some(nearest)
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
