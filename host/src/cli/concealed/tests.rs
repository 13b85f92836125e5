use super::{FORMS, RULES, conceal, without_keys};

#[test]
fn every_form_is_one() {
    assert_eq!(FORMS.len(), RULES.len());
}

#[test]
fn a_secret_is_hidden_however_it_is_written() {
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
        for line in [line.to_owned(), format!("error: {line}"), format!("+ {line}")] {
            let told = conceal(&line);
            assert!(!told.contains("hunter2") && told.contains("<redacted>"), "{line}: {told}");
        }
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

#[test]
fn what_surrounds_it_stays() {
    for (line, told) in [
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
}
