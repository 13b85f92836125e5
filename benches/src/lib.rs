//! The benchmarks are in the folder above, one file each.
