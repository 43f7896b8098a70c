//! The command line of govlint.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use govlint::cli::Cli;
use govlint::commands::{self, Error, Exit, Handles, Terminal, UntilClosed};
use govlint::{crash, parallel};

fn main() -> ExitCode {
    let cli = Cli::parse();
    crash::install();
    parallel::work_along();
    let (mut input, mut err) = (io::stdin().lock(), io::stderr().lock());
    let mut out = BufWriter::with_capacity(1 << 14, UntilClosed::new(io::stdout().lock()));
    let terminal = Terminal::of_process(cli.color);
    let ended = crash::catch(|| {
        let mut handles = Handles { input: &mut input, out: &mut out, err: &mut err, terminal };
        commands::run(&cli, &mut handles)
    });
    let ended = ended.unwrap_or_else(|crash| Err(Error::Asked(crash)));
    let exit = match ended.and_then(|exit| out.flush().map(|()| exit).map_err(Error::Write)) {
        Ok(exit) => exit,
        Err(error) => {
            // Where standard error is closed too, only the exit code is left to tell.
            let _ = error.tell(&mut err, terminal);
            Exit::Failed
        }
    };
    ExitCode::from(exit.code())
}
