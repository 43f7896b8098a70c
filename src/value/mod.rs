//! What a string means, whatever file it stands in: durations, booleans, URLs, hosts, secrets. Pure
//! functions over text; they know [`data`](crate::data) and nothing of files, facts or rules.
