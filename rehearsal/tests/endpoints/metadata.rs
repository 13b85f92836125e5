//! Its metadata.

use super::SERVER;
use super::inside::{Box, REGION, blocking, json};

/// The versions that cloud-init tries, and `latest`.
const VERSIONS: [&str; 5] = ["latest", "2021-03-23", "2018-09-24", "2016-09-02", "2009-04-04"];

#[tokio::test]
async fn metadata_can_be_crawled_as_cloud_init_does() {
    let boxed = Box::new(SERVER);
    let instance = boxed.instance_id();
    let client = boxed.client();
    blocking(move || {
        let imds = client.imds();
        let get = |path: &str| imds.get(path);
        for version in VERSIONS {
            assert_eq!(get(&format!("/{version}/meta-data/instance-id")).body, instance, "{version}");
            let leaves = imds.crawl(&format!("/{version}/meta-data/"));
            assert!(leaves.len() > 10, "{version}: {leaves:?}");
            let document = imds.crawl(&format!("/{version}/dynamic/instance-identity"));
            assert_eq!(document.len(), if version == "2009-04-04" { 3 } else { 4 }, "{document:?}");
            let user_data = get(&format!("/{version}/user-data"));
            assert_eq!((user_data.status, user_data.body.as_str()), (200, "#!/bin/sh"));
            assert_eq!(user_data.header("content-type"), Some("application/octet-stream"));
        }
        let listed = get("/").body;
        assert!(listed.lines().count() > 20, "{listed}");
        for version in listed.lines() {
            assert_eq!(get(&format!("/{version}/meta-data/instance-id")).body, instance, "{version}");
        }
        assert_eq!(get("/2009-04-05/meta-data/instance-id").status, 404);
        // What came later is not there before.
        assert_eq!(get("/2009-04-04/meta-data/tags/").status, 404);
        assert_eq!(get("/2021-03-23/meta-data/tags/instance/Name").body, "web");
        assert_eq!(get("/latest/meta-data/tags/instance/aws%3Acloudformation%3Alogical-id").body, "Server");
    })
    .await;
}

#[tokio::test]
async fn metadata_says_what_the_template_does() {
    let boxed = Box::new(SERVER);
    let network = boxed.rehearsal.endpoints().network(&boxed.instance_id()).unwrap();
    assert_eq!((network.address.to_string().as_str(), network.prefix), ("10.0.0.10", 24));
    assert_eq!(network.host, "ip-10-0-0-10.eu-west-3.compute.internal");
    assert_eq!(boxed.rehearsal.endpoints().search_domain(), "eu-west-3.compute.internal");
    let client = boxed.client();
    blocking(move || {
        let imds = client.imds();
        let mac = imds.get("/latest/meta-data/mac").body;
        assert_eq!(mac, network.mac);
        let card = format!("network/interfaces/macs/{mac}");
        for (path, expected) in [
            ("ami-id", "ami-00000000000000042"),
            ("instance-type", "m7g.large"),
            ("local-ipv4", "10.0.0.10"),
            ("local-hostname", network.host.as_str()),
            ("placement/availability-zone", "eu-west-3b"),
            ("placement/availability-zone-id", "euw3-az2"),
            ("placement/region", REGION),
            ("public-keys/", "0=ops"),
            ("public-keys/0/", "openssh-key"),
            ("block-device-mapping/", "ami\nebs1\nroot"),
            ("block-device-mapping/ebs1", "sdf"),
            ("iam/security-credentials/", "web"),
            ("instance-life-cycle", "on-demand"),
            ("services/domain", "amazonaws.com"),
            ("services/partition", "aws"),
            ("system", "nitro"),
            ("events/maintenance/history", "[]"),
            ("events/maintenance/scheduled", "[]"),
            (format!("{card}/subnet-ipv4-cidr-block").as_str(), "10.0.0.0/24"),
            (format!("{card}/vpc-ipv4-cidr-blocks").as_str(), "10.0.0.0/16"),
            (format!("{card}/local-ipv4s").as_str(), "10.0.0.10"),
            (format!("{card}/device-number").as_str(), "0"),
        ] {
            let answer = imds.get(&format!("/latest/meta-data/{path}"));
            assert_eq!((answer.status, answer.body.as_str()), (200, expected), "{path}");
        }
        let key = imds.get("/latest/meta-data/public-keys/0/openssh-key").body;
        assert!(key.starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5") && key.ends_with(" ops"), "{key}");
        for absent in
            ["spot/instance-action", "events/recommendations/rebalance", "autoscaling/target-lifecycle-state"]
        {
            assert_eq!(imds.get(&format!("/latest/meta-data/{absent}")).status, 404, "{absent}");
        }
        let document = json(&imds.get("/latest/dynamic/instance-identity/document").body);
        assert_eq!(document["architecture"], "arm64");
        assert_eq!(document["imageId"], "ami-00000000000000042");
        assert_eq!(document["availabilityZone"], "eu-west-3b");
        let info = json(&imds.get("/latest/meta-data/iam/info").body);
        assert_eq!(info["InstanceProfileArn"], "arn:aws:iam::123456789012:instance-profile/web-profile");
        let signed = imds.get("/latest/dynamic/instance-identity/rsa2048").body;
        assert!(signed.starts_with("MII") && signed.lines().all(|it| it.len() <= 64), "{signed}");
    })
    .await;
}

#[tokio::test]
async fn the_metadata_service_speaks_as_the_real_one() {
    let boxed = Box::new(SERVER);
    let client = boxed.client();
    blocking(move || {
        let imds = client.imds();
        let path = "/latest/meta-data/instance-id";
        assert_eq!(client.metadata("GET", path, &[]).status, 401);
        assert_eq!(client.metadata("GET", "/", &[]).status, 401);
        let ttl = ("X-aws-ec2-metadata-token-ttl-seconds", "60");
        let forwarded = client.metadata("PUT", "/latest/api/token", &[ttl, ("X-Forwarded-For", "10.0.0.1")]);
        assert_eq!(forwarded.status, 403);
        for wrong in ["0", "21601", "x", "-1"] {
            let ttl = ("X-aws-ec2-metadata-token-ttl-seconds", wrong);
            assert_eq!(client.metadata("PUT", "/latest/api/token", &[ttl]).status, 400, "{wrong}");
        }
        let wrong = client.metadata("GET", "/latest/api/token", &[]);
        assert_eq!((wrong.status, wrong.header("allow")), (405, Some("OPTIONS, PUT")));
        assert_eq!(client.metadata("POST", path, &[]).status, 405);
        let answer = imds.get(path);
        assert_eq!(answer.header("server"), Some("EC2ws"));
        assert_eq!(answer.header("content-type"), Some("text/plain"));
        let left: u64 = answer.header("x-aws-ec2-metadata-token-ttl-seconds").unwrap().parse().unwrap();
        assert!((1..=300).contains(&left), "{left}");
        let moved = imds.get("/latest/meta-data/iam/security-credentials");
        let location = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";
        assert_eq!((moved.status, moved.header("location")), (301, Some(location)));
        for folder in ["/latest", "/latest/", "/latest/meta-data", "/latest/meta-data/iam"] {
            assert_eq!(imds.get(folder).status, 200, "{folder}");
        }
        let missing = imds.get("/latest/meta-data/nothing");
        assert_eq!((missing.status, missing.header("content-type")), (404, Some("text/html")));
        assert!(missing.body.contains("<title>404 - Not Found</title>"), "{}", missing.body);
        // None of a rehearsal's own paths.
        assert_eq!(imds.get("/_rehearsal/instances").status, 404);
    })
    .await;
    let old = Box::new(&SERVER.replace("InstanceMetadataTags: enabled", "HttpTokens: optional"));
    let client = old.client();
    blocking(move || {
        assert_eq!(client.metadata("GET", "/2009-04-04/meta-data/instance-id", &[]).status, 200);
        assert_eq!(client.metadata("GET", "/latest/meta-data/tags/instance/Name", &[]).status, 404);
    })
    .await;
}
