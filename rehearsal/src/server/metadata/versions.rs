//! The versions of the metadata: each has what there was when it came, `latest` has all.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html>, "Version when category was
//! released", and "Get the available versions of the instance metadata".

/// The versions, as `/` lists them.
const VERSIONS: [&str; 30] = [
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-08-24",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
    "latest",
];

/// A version that there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version(&'static str);

impl Version {
    pub(super) fn read(text: &str) -> Option<Self> {
        VERSIONS.iter().find(|it| **it == text).map(|it| Self(it))
    }

    /// Whether it has what came with the version `since`: the letters of `latest` come after all digits.
    pub(super) fn has(self, since: &str) -> bool {
        self.0 >= since
    }
}

/// What `/` shows.
pub(super) fn listing() -> String {
    VERSIONS.join("\n")
}
