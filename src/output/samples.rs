//! Reports for tests.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Masks, Report, Style, Summary, Suppressed, Suppression, find};
use crate::facts::Use;
use crate::finding::{Finding, number};
use crate::rule::{Level, Rule, load, read};
use crate::source::{SourceId, Sources, Span};

/// Rules of each level, and of the topic that speaks of the project itself.
pub(crate) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        rule(
            "credential",
            "credentials",
            "warning",
            "controls = { cis-docker = [\"4.10\"], cwe = [\"CWE-798\"] }\n",
            "# A credential stands in a file\nWhoever reads the file has it.\n\nSo does *everyone* later.\n\n\
             ## Fix\nHand it over at run time,\nfrom a secret store.\n\nAnd change it.\n",
        ),
        rule(
            "pinned",
            "images",
            "note",
            "",
            "# Image is not pinned\nIt may change.\n\n## Fix\nName a digest.\n",
        ),
        rule(
            "root-user",
            "privilege",
            "error",
            "controls = { cis-docker = [\"4.1\"] }\nrelated = { soc2 = [\"CC6.1\"], house = [\"7\"] }\n",
            "# Container runs as root\nA flaw in it is a flaw in the host.\n\n## Fix\nName a `user`.\n",
        ),
        rule("syntax", "project", "error", "", "# File can't be read\nSo nothing in it was checked.\n"),
    ]
});

fn rule(id: &str, topic: &str, level: &str, head: &str, body: &str) -> Rule {
    let about = if topic == "project" { "problem" } else { "container" };
    let text = format!(
        "+++\nsince = \"0.1\"\n{head}[[case]]\nabout = \"{about}\"\nwhen = {{}}\nlevel = \"{level}\"\n\
         message = \"{{subject}}\"\n+++\n{body}"
    );
    load::load(&read::read(id, topic, &text).unwrap()).unwrap()
}

/// This many rules without a word.
pub(crate) fn many_rules(count: usize) -> &'static [Rule] {
    let rules = (0..count).map(|index| rule(&format!("rule-{index}"), "x", "error", "", "# A rule\n"));
    Vec::leak(rules.collect())
}

/// A report in the making. What it borrows from is leaked.
pub(crate) struct Sample {
    pub(crate) sources: &'static Sources,
    pub(crate) findings: Vec<Finding<'static, 'static>>,
    masked: Vec<Span>,
}

impl Default for Sample {
    fn default() -> Self {
        Sample { sources: Box::leak(Box::default()), findings: Vec::new(), masked: Vec::new() }
    }
}

impl Sample {
    /// Takes in a file.
    pub(crate) fn file(&mut self, path: &str, text: &str) -> SourceId {
        self.sources.add(path.into(), text.into())
    }

    /// The only place of this text in a file.
    pub(crate) fn place(&self, file: SourceId, text: &str) -> Span {
        let start = self.sources.file(file).text().find(text).unwrap();
        self.sources.text(file).span(start..start + text.len())
    }

    /// A finding of one of [`RULES`].
    pub(crate) fn add(
        &mut self,
        rule: &str,
        file: SourceId,
        place: Range<usize>,
        message: &str,
    ) -> &mut Finding<'static, 'static> {
        let rule = RULES.iter().find(|known| known.id == rule).unwrap();
        self.add_of(rule, file, place, message)
    }

    /// A finding of a rule.
    pub(crate) fn add_of(
        &mut self,
        rule: &'static Rule,
        file: SourceId,
        place: Range<usize>,
        message: &str,
    ) -> &mut Finding<'static, 'static> {
        self.findings.push(Finding {
            rule,
            level: rule.level(),
            message: message.into(),
            place: self.sources.text(file).span(place),
            subject: "service web",
            related: Vec::new(),
            identity: "container\nweb\nuser".into(),
            ordinal: 0,
        });
        self.findings.last_mut().unwrap()
    }

    /// The report.
    pub(crate) fn report(mut self) -> Report<'static, 'static> {
        number(&mut self.findings, self.sources);
        Report {
            sources: self.sources,
            masks: Box::leak(Box::new(Masks::new(self.masked))),
            rules: &RULES,
            findings: self.findings,
            suppressed: Vec::new(),
            summary: Summary::default(),
            root: PathBuf::from("/srv/a deployment"),
            shown: &str::to_owned,
        }
    }
}

/// A small deployment with findings of all kinds, and everything that a summary can say.
pub(crate) fn deployment() -> Report<'static, 'static> {
    let mut sample = Sample::default();
    let compose = sample.file(
        "deploy/compose.yaml",
        "services:\n  web:\n    image: nginx\n    user: root\n    build: .\n  api:\n    image: api\n    user: \"0\"\n",
    );
    let secret = ["hun", "ter2-", "and-more"].concat();
    let env = sample.file("deploy/é 1.env", &format!("# für alle\nNAME=web\nPASSWORD={secret}\nTOKEN=ab\n"));
    let docker = sample.file("Dockerfile", "FROM nginx\nUSER root\n");
    let broken = sample.file("/etc/nginx.conf", "server {");
    let place = |sample: &Sample, file, text: &str| sample.place(file, text).range();
    sample.masked.push(sample.place(env, &secret));

    let user = place(&sample, docker, "root");
    let built = sample.place(compose, "build: .");
    let finding = sample.add("root-user", docker, user, "service web runs as root (USER)");
    finding.related.push(Use { span: built, note: "built by service web" });
    for (text, subject) in [("root", "service web"), ("\"0\"", "service api")] {
        let at = place(&sample, compose, text);
        let finding = sample.add("root-user", compose, at, &format!("{subject} runs as root (user)"));
        finding.subject = subject;
    }
    let (image, service) = (place(&sample, compose, "image: api"), sample.place(compose, "api:"));
    sample
        .add("pinned", compose, image, "api has no digest")
        .related
        .push(Use { span: service, note: "used here" });
    let password = place(&sample, env, &secret);
    sample.add("credential", env, password, "PASSWORD is a credential").subject = "PASSWORD";
    let token = place(&sample, env, "ab");
    sample.add("credential", env, token, "TOKEN is a credential").subject = "TOKEN";
    sample.add("syntax", broken, 7..8, "the block has no end").subject = "/etc/nginx.conf";

    let mut report = sample.report();
    let allowed = report.findings.remove(5);
    let waived = report.findings.remove(3);
    let suppressed = |finding, by, reason: &str| Suppressed { finding, by, reason: reason.into() };
    report.suppressed = vec![
        suppressed(waived, Suppression::Waiver, "pinned by the registry"),
        suppressed(allowed, Suppression::Inline, "a dummy"),
    ];
    report.summary = Summary {
        read: vec![("compose", 1), ("dockerfile", 1), ("env", 1), ("nginx", 1)],
        left_out: vec![("not UTF-8".into(), 1), ("over 8 MiB".into(), 2)],
        hidden: vec![(Level::Note, 34)],
        places: vec![("London".into(), 3), ("Oregon".into(), 1)],
        failures: vec!["cannot read govlint.toml: permission denied".into()],
    };
    report.shown = &|path| if path.starts_with('/') { path.to_owned() } else { format!("../{path}") };
    report
}

/// A report whose every text tries to take over the terminal.
pub(crate) fn hostile() -> Report<'static, 'static> {
    const EVIL: &str = "\u{1b}]0;x\u{7}\u{202e}\u{200b}\r\u{9b}31m";
    let mut sample = Sample::default();
    let secret = ["hun", "ter2"].concat();
    let file =
        sample.file(&format!("a/{EVIL}.env"), &format!("A={secret}{EVIL}\nB={secret}\n# {secret}{EVIL}"));
    let other = sample.file(&format!("/b/{EVIL}"), EVIL);
    let starts: Vec<_> = sample.sources.file(file).text().match_indices(&secret).map(|(at, _)| at).collect();
    for start in starts {
        let span = sample.sources.text(file).span(start..start + secret.len());
        sample.masked.push(span);
        let end = start + secret.len() + 1;
        let related = sample.sources.text(other).span(0..EVIL.len());
        let finding = sample.add("credential", file, start - 1..end, &format!("{EVIL} is a credential"));
        finding.subject = EVIL;
        finding.related.push(Use { span: related, note: EVIL });
    }
    let mut report = sample.report();
    let finding = report.findings.remove(1);
    report.suppressed.push(Suppressed { finding, by: Suppression::Inline, reason: EVIL.into() });
    report.summary.failures.push(EVIL.into());
    report.summary.left_out.push((EVIL.into(), 1));
    report
}

/// What an output writes.
pub(crate) fn written(output: &str, report: &Report<'_, '_>, style: Style) -> String {
    let mut written = Vec::new();
    (find(output).unwrap().write)(report, &mut written, &style).unwrap();
    String::from_utf8(written).unwrap()
}

/// What an output writes, read as JSON.
pub(crate) fn json(output: &str, report: &Report<'_, '_>) -> Value {
    serde_json::from_str(&written(output, report, Style::default())).unwrap()
}

/// Fails with everything that a schema has against a document.
pub(crate) fn assert_valid(validator: &jsonschema::Validator, document: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
