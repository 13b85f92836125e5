use super::{FORMS, RULES, conceal, without_keys};

#[test]
fn every_form_is_one() {
    assert_eq!(FORMS.len(), RULES.len());
}

fn is_hidden(line: &str) {
    for line in [line.to_owned(), format!("error: {line}"), format!("+ {line}")] {
        let told = conceal(&line);
        assert!(!told.contains("hunter2") && told.contains("<redacted>"), "{line}: {told}");
        assert_eq!(conceal(&told), told, "it is told otherwise the second time");
    }
}

#[test]
fn a_secret_is_hidden_in_the_forms_that_are_usual() {
    for line in [
        "aws_secret_access_key = hunter2/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SECRET_ACCESS_KEY=hunter2",
        "export DB_PASSWORD='hunter2 and more'",
        "PGPASSWORD=hunter2 psql",
        "MYSQL_PWD=hunter2 mysql",
        "DB_PASS=\"hunter2\"",
        "mysql --password=hunter2 --user root",
        "mysqldump -u root -phunter2 db",
        "app --token hunter2 --verbose",
        "app --db-password 'hunter2'",
        "sshpass -p hunter2 ssh web",
        "docker login -u AWS -p hunter2 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "curl -fsS -u admin:hunter2 https://x.example/",
        "curl --user 'admin:hunter2' https://x.example/",
        "redis-cli -h db -a hunter2 ping",
        "Authorization: Bearer hunter2",
        "curl -H 'Authorization: token hunter2' https://x.example/",
        "got Bearer hunter2hunter2",
        "x-api-key: hunter2",
        "curl -H \"X-Vault-Token: hunter2\" https://vault.example/",
        "X-aws-ec2-metadata-token: hunter2==",
        "Set-Cookie: session=hunter2; Path=/",
        "password: hunter2",
        "  secret_key_base: hunter2",
        "{\"user\": \"me\", \"password\": \"hunter2\"}",
        "{\"SecretString\":\"hunter2\"}",
        "{\\\"clientSecret\\\": \\\"hunter2\\\"}",
        "{'token': 'hunter2'}",
        "https://bob:hunter2@git.example/repo.git",
        "postgres://u:hunter2@db:5432/x",
        "https://x.blob.core.windows.net/c?sv=2020-08-04&sig=hunter2%3D",
        "AccountKey=hunter2==;EndpointSuffix=core.windows.net",
        "-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n-----END RSA PRIVATE KEY-----\\n",
        "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=hunter2&X-Amz-Signature=hunter2",
    ] {
        is_hidden(line);
    }
    for known in [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "glpat-abcdefghijklmnopqrst",
        "xoxb-123456789012-abcdefghijkl",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcDEF123",
    ] {
        assert_eq!(conceal(&format!("denied to {known} here")), "denied to <redacted> here");
    }
}

/// Quoted in each way of shells, YAML and JSON, to its end, and where it has none.
#[test]
fn a_secret_is_hidden_to_its_end() {
    let mut shown = Vec::new();
    for line in [
        r#"password: "hunter2""#,
        r"password: 'hunter2'",
        r#"  db_password:   "a b hunter2"   # of the database"#,
        r"password: 'it''s hunter2'",
        r#"password: "a\"hunter2""#,
        r#"password: "hunter2 is cut of"#,
        r#"DB_PASSWORD="hunter2 and hunter2 is cut of"#,
        r"DB_PASSWORD='hunter2 and hunter2 is cut of",
        r#"app --password "a hunter2 is cut of"#,
        r#"DB_PASSWORD="a\"b hunter2" x"#,
        r#"DB_PASSWORD="a"b'c hunter2' x"#,
        r"DB_PASSWORD='it'\'' hunter2' x",
        r"PASSWORD=$'hunter2\n'",
        r"PASSWORD=$'a\'b hunter2'",
        r"PASSWORD='it'\''s hunter2'",
        r"app --password 'it'\''s hunter2'",
        r#"app --password "a\"b hunter2""#,
        r#"{"password":"a\"hunter2"}"#,
        r#"{"password":"a\\hunter2"}"#,
        r#"{"password":"a\\\"hunter2"}"#,
        r#"{\"password\":\"a\\\"hunter2\"}"#,
        r#"{\\\"password\\\":\\\"hunter2\\\"}"#,
        r#"PASSWORD=\"a\\\"hunter2\""#,
        r"{'password': 'a\'hunter2'}",
        r"mysql -u root -p'hunter2' db",
        r#"mysql -u root -p"a hunter2" db"#,
        r"sshpass -p 'hunter2' ssh web",
        r"docker login -u me -p 'a hunter2' x.example",
        r"redis-cli -a 'a hunter2' ping",
        r"curl -u 'admin:a hunter2' https://x.example/",
        r#"curl --user "admin:a hunter2" https://x.example/"#,
        "password   = hunter2",
        "password\t=\thunter2",
        r#"password => "hunter2""#,
        r#"'password' => 'hunter2'"#,
        "password := hunter2",
        r"PASSWORD=a\ hunter2",
        r#"PASSWORD=a"b hunter2""#,
        r"DB_PASS=a'hunter2'b",
        "PASSWORD=ab,hunter2",
        "PASSWORD=ab;hunter2",
        "DB_PASS=ab,hunter2",
        "MYSQL_PWD=ab;,hunter2",
    ] {
        let told = conceal(line);
        if told.contains("hunter2") {
            shown.push(format!("{line}: {told}"));
        } else {
            is_hidden(line);
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
}

#[test]
fn a_secret_is_known_by_more_names() {
    for name in [
        "secretKey",
        "SECRETKEY",
        "accessTokenValue",
        "RAILS_MASTER_KEY",
        "master-key",
        "APP_KEY",
        "MY_APP_KEY",
        "LICENSE_KEY",
        "SECRETS",
        "PASSWORDS",
        "API_KEYS",
        "PASSWORD2",
        // These only look as if they told of an id, a name, a type.
        "PASSWORD_DAVID",
        "PASSWORD_PROTOTYPE",
        "password_surname",
    ] {
        is_hidden(&format!("{name}=hunter2"));
        is_hidden(&format!("\"{name}\": \"hunter2\""));
        is_hidden(&format!("{name}: hunter2"));
    }
}

#[test]
fn what_surrounds_it_stays() {
    for (line, told) in [
        ("PASSWORD=ab,x9; app failed", "PASSWORD=<redacted>; app failed"),
        ("https://h/?token=a,b&user=me", "https://h/?token=<redacted>&user=me"),
        ("PASSWORD='it'\\''s' app failed", "PASSWORD='<redacted>' app failed"),
        (
            "{\\\"password\\\": \\\"x9\\\", \\\"a\\\": 1}",
            "{\\\"password\\\": \\\"<redacted>\\\", \\\"a\\\": 1}",
        ),
        ("password: \"x9\" # of me", "password: \"<redacted>\" # of me"),
        ("password   = x9 failed", "password   = <redacted> failed"),
        ("sh -c 'PASSWORD=x9' 'a b'", "sh -c 'PASSWORD=<redacted>' 'a b'"),
        ("[\"PASSWORD=x9\",\"A=1\"]", "[\"PASSWORD=<redacted>\",\"A=1\"]"),
        ("mysql -p'x9' db failed", "mysql -p'<redacted>' db failed"),
        ("mysql --password=x1 -h db failed", "mysql --password=<redacted> -h db failed"),
        ("PASSWORD='a b' x", "PASSWORD='<redacted>' x"),
        ("{\"password\": \"x\", \"a\": 1}", "{\"password\": \"<redacted>\", \"a\": 1}"),
        ("curl -u me:x9 https://h/", "curl -u me:<redacted> https://h/"),
        ("curl -H 'X-Api-Key: x9' https://h/", "curl -H 'X-Api-Key: <redacted>' https://h/"),
    ] {
        assert_eq!(conceal(line), told);
    }
}

/// A reason that says nothing is none.
#[test]
fn what_only_speaks_of_secrets_is_told() {
    for line in [
        "User: arn:aws:sts::123456789012:assumed-role/web/i-0 is not authorized to perform: secretsmanager:GetSecretValue on resource: \
         arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
        "ssm:GetParameter failed: ParameterNotFound",
        "error: --token is required",
        "could not get a token: timeout",
        "Invalid token: expired",
        "password: must be at least 8 characters",
        "Basic authentication failed",
        "unexpected token '}' at line 3",
        "PWD=/root OLDPWD=/tmp",
        "tokenizer=standard authors=3",
        "--secret-id prod/db --secret-name x",
        "secretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
        "docker login --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "mkdir -p /opt/app/login",
        "docker run -u 1000:1000 app",
        "token_file=/run/token password_file: /run/secrets/db1",
        "Secrets: none",
        "StackName=web KeyName: my-key primary_key=id map_key=id",
        "Key: value",
        "Key: Name, Value: web-1",
        "KeyName: \"my-key\"",
        "token is required",
        "unexpected token: '}' at line 3",
        "TOKENIZER=standard Secretary=x",
        "secretArn=x1 SECRET_ARN=x1 token.type=x1 accessTokenType=x1",
        "curl -H 'token=' https://h/ failed",
        "PGPASSWORD= psql failed",
        "password == null",
        "public_key=ssh-ed25519",
        "",
    ] {
        assert_eq!(conceal(line), line);
    }
}

#[test]
fn a_private_key_is_hidden_over_its_lines() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let whole = "before\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA==\n-----END OPENSSH PRIVATE KEY-----\nafter";
    assert_eq!(without_keys(&lines(whole)), ["before", "<redacted>", "after"]);
    // It had begun before what was kept.
    assert_eq!(without_keys(&lines("b3BlbnNz\nAAAA==\n-----END PRIVATE KEY-----\nafter")), ["after"]);
    // It has not ended.
    assert_eq!(without_keys(&lines("a b\n-----BEGIN PRIVATE KEY-----\nb3Blb")), ["a b", "<redacted>"]);
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    assert_eq!(without_keys(&lines(certificate)), lines(certificate));
    // What is whole has not begun before the first line, and what ends with it is none of that.
    let whole = "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY----- told";
    assert_eq!(without_keys(&lines(&format!("{whole}\nafter"))), ["<redacted> told", "after"]);
    assert_eq!(without_keys(&lines(&format!("AAAA\n{whole}"))), ["AAAA", "<redacted> told"]);
    // One ends and another begins, on one line.
    let two = format!(
        "{}\nhunter2\n{0}\nhunter2\n-----END PRIVATE KEY-----\nafter",
        "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----"
    );
    assert_eq!(
        without_keys(&lines(&format!("-----BEGIN PRIVATE KEY-----\n{two}"))),
        ["<redacted>"; 3].into_iter().chain(["after"]).collect::<Vec<_>>()
    );
    assert_eq!(without_keys(&lines(&format!("hunter2\n{two}"))), ["<redacted>", "<redacted>", "after"]);
    // A key that is whole, and then one that is not.
    let open = "-----BEGIN PRIVATE KEY-----h-----END PRIVATE KEY----- -----BEGIN PRIVATE KEY-----\nhunter2";
    assert_eq!(without_keys(&lines(open)), ["<redacted> <redacted>"]);
}

/// Behind a certificate, and each of several; with real ends of lines, joined ones and escaped ones.
#[test]
fn each_private_key_is_hidden() {
    let certificate = "-----BEGIN CERTIFICATE-----|MIIB|-----END CERTIFICATE-----";
    let key =
        |label: &str| format!("-----BEGIN {label}PRIVATE KEY-----|hunter2|-----END {label}PRIVATE KEY-----");
    for end in ["\n", "\r\n", " ", "\\n", ""] {
        for (text, told) in [
            (format!("{certificate}|{}|after", key("")), format!("{certificate}|<redacted>|after")),
            (format!("{}|{}|after", key(""), key("RSA ")), "<redacted>|<redacted>|after".to_owned()),
            (
                format!("{}|{certificate}|{}", key("EC "), key("")),
                format!("<redacted>|{certificate}|<redacted>"),
            ),
            (format!("{}|-----BEGIN PRIVATE KEY-----|hunter2", key("")), "<redacted>|<redacted>".to_owned()),
            (
                format!(
                    "-----BEGIN PGP PRIVATE KEY BLOCK-----|hunter2|-----END PGP PRIVATE KEY BLOCK-----|{}",
                    key("")
                ),
                "<redacted>|<redacted>".to_owned(),
            ),
            // It is no private key that is meant.
            (format!("{certificate}|no PRIVATE KEY|after"), format!("{certificate}|no PRIVATE KEY|after")),
        ] {
            assert_eq!(conceal(&text.replace('|', end)), told.replace('|', end));
        }
    }
}
