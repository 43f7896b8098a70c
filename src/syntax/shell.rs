//! Shell command lines split into simple commands and words, as far as that can be done without running them.

/// A command.
#[derive(Clone, Debug)]
pub struct Command<'s>(std::marker::PhantomData<&'s ()>);
