//! What a machine's firmware says of it: Amazon's, and which instance it is.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html>

/// Files of `/sys/class/dmi/id`, and what is in them.
pub(super) fn files(instance: &str) -> Vec<(&'static str, String)> {
    let digits: String =
        instance.chars().filter(char::is_ascii_hexdigit).chain("0".repeat(32).chars()).take(32).collect();
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    let uuid =
        format!("ec2{}-{}-4{}-a{}-{}", part(0, 5), part(5, 9), part(9, 12), part(12, 15), part(15, 27));
    let amazon = || "Amazon EC2".to_owned();
    vec![
        ("bios_vendor", amazon()),
        ("bios_version", "1.0".to_owned()),
        ("board_asset_tag", instance.to_owned()),
        ("board_vendor", amazon()),
        ("chassis_asset_tag", amazon()),
        ("chassis_vendor", amazon()),
        ("product_name", "t3.micro".to_owned()),
        ("product_serial", uuid.clone()),
        ("product_uuid", uuid),
        ("sys_vendor", amazon()),
    ]
}

#[cfg(test)]
mod tests;
