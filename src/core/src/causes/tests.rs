use std::fmt;

use super::*;

#[derive(Debug)]
struct Link(&'static str, Option<Box<Link>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|link| link as _)
    }
}

#[test]
fn what_is_shared_is_one_error_and_not_wrapped_in_another() {
    let shared: Shared<dyn Error + Send + Sync> = Link("cannot be read", None).into();
    assert!(std::ptr::eq(&*shared, &*shared.clone()));
    assert!(shared.downcast_ref::<Link>().is_some());
}

#[test]
fn an_error_is_told_with_all_that_is_behind_it() {
    let innermost = Link("no such file", None);
    assert_eq!(line(&innermost), "no such file");
    let middle = Link("cannot be read", Some(Box::new(innermost)));
    assert_eq!(line(&Link("a.pem", Some(Box::new(middle)))), "a.pem: cannot be read: no such file");
}
