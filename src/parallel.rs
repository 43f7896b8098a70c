//! Work on all processors, where there is enough of it.
//!
//! Threads have a price: they are started, woken and waited for, and each takes memory of its own. What a small
//! project takes is done on one thread before two would have shared it out.

use std::sync::{Once, OnceLock};
use std::thread::{self, ThreadId};

use rayon::prelude::*;

/// The thread that works along.
static MAIN: OnceLock<ThreadId> = OnceLock::new();

/// Makes the calling thread, which must last until the process ends, one of those that work.
pub fn work_along() {
    MAIN.get_or_init(|| thread::current().id());
}

/// Does the same with each of the items, on all processors if there is `enough` to do. The order is kept.
pub fn map<C, I, T>(items: C, enough: bool, work: impl Fn(I) -> T + Sync + Send) -> Vec<T>
where
    C: IntoIterator<Item = I> + IntoParallelIterator<Item = I>,
    <C as IntoParallelIterator>::Iter: IndexedParallelIterator,
    I: Send,
    T: Send,
{
    if !enough {
        return items.into_iter().map(work).collect();
    }
    start();
    items.into_par_iter().map(work).collect()
}

/// Starts the threads, once.
fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let mut builder = rayon::ThreadPoolBuilder::new();
        if MAIN.get() == Some(&thread::current().id()) {
            builder = builder.use_current_thread();
        }
        // Where no thread can be started, rayon's own attempt will say so.
        let _ = builder.build_global();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_same_on_one_thread_and_on_many() {
        let numbers: Vec<u64> = (0..10_000).collect();
        let square = |number: &u64| number * number;
        assert_eq!(map(&numbers, true, square), map(&numbers, false, square));
    }
}
