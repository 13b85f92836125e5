//! The native host of the signalling component.
