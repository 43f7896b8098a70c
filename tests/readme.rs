//! The sessions in README.md are real: `TRYCMD=overwrite cargo test --test readme` writes them anew.

#[test]
fn sessions_in_the_readme_are_real() {
    trycmd::TestCases::new().case("README.md");
}
