//! Kubernetes manifests: workloads and their containers, configuration, Services, Ingresses.

use super::{Format, Reader};

pub(super) const FORMAT: Format =
    Format { name: "kubernetes", doc: "", by_name: |_| None, by_content: |_, _| None, read };

fn read(_reader: &mut Reader<'_>) {}
