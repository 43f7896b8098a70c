//! One spelling for the many ways in which a place or a region is written. The build script makes the
//! tables' keys with the same functions.

/// The word as it is looked up: letters and digits alone, in lower case and without accents, so that
/// `isle_of_man`, `Isle of Man` and `isle-of-man` are one.
pub(crate) fn word(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            _ if letter.is_alphanumeric() => folded.push(letter),
            _ => {}
        }
    }
    folded
}

/// The region as it is looked up: lower case, and one `-` for each run of anything else, so that
/// `EU_WEST_2` is `eu-west-2` and `Europe (London)` is `europe-london`. The hyphens stay, since `us-east1`
/// and `us-east-1` are different places.
pub(crate) fn region(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            folded.extend(letter.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with('-') {
            folded.push('-');
        }
    }
    if folded.ends_with('-') {
        folded.pop();
    }
    folded
}
