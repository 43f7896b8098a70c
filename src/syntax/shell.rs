//! Shell command lines split into simple commands and words, as far as that can be done without running them.
