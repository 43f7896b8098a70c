//! nginx configuration: directives, their arguments and blocks.
