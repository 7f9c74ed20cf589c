//! Finding types by what a person types.
//!
//! In: names, sorted. Out: hits, best first; ties by service popularity, then length, then name.

/// A type found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Its name.
    pub name: &'static str,
    /// Higher is better; only meaningful within one search.
    pub score: u32,
}

/// Services people mean first when a word fits several, most used first.
const POPULAR: [&str; 24] = [
    "S3",
    "Lambda",
    "EC2",
    "IAM",
    "DynamoDB",
    "SQS",
    "SNS",
    "ECS",
    "RDS",
    "ElasticLoadBalancingV2",
    "CloudFront",
    "Route53",
    "Logs",
    "CloudWatch",
    "Events",
    "KMS",
    "SecretsManager",
    "SSM",
    "ApiGatewayV2",
    "ApiGateway",
    "StepFunctions",
    "ECR",
    "Cognito",
    "EKS",
];

/// What people call things, beside their names.
const ALIASES: [(&str, &str); 42] = [
    ("fn", "function"),
    ("func", "function"),
    ("lambda", "function"),
    ("sg", "securitygroup"),
    ("alb", "elasticloadbalancingv2 loadbalancer"),
    ("nlb", "elasticloadbalancingv2 loadbalancer"),
    ("elb", "elasticloadbalancingv2 loadbalancer"),
    ("lb", "elasticloadbalancingv2 loadbalancer"),
    ("database", "rds dbinstance"),
    ("db", "rds dbinstance"),
    ("postgres", "rds dbinstance"),
    ("mysql", "rds dbinstance"),
    ("aurora", "rds dbcluster"),
    ("redis", "elasticache replicationgroup"),
    ("cdn", "cloudfront distribution"),
    ("dns", "route53 recordset"),
    ("zone", "hostedzone"),
    ("cert", "certificate"),
    ("tls", "certificatemanager certificate"),
    ("vm", "ec2 instance"),
    ("server", "ec2 instance"),
    ("asg", "autoscalinggroup"),
    ("igw", "internetgateway"),
    ("nat", "natgateway"),
    ("acl", "webacl"),
    ("waf", "wafv2 webacl"),
    ("container", "ecs taskdefinition"),
    ("cron", "events rule"),
    ("schedule", "scheduler schedule"),
    ("queue", "sqs queue"),
    ("topic", "sns topic"),
    ("secret", "secretsmanager secret"),
    ("param", "ssm parameter"),
    ("key", "kms key"),
    ("efs", "efs filesystem"),
    ("log", "logs loggroup"),
    ("state", "statemachine"),
    ("workflow", "statemachine"),
    ("bus", "eventbus"),
    ("repo", "ecr repository"),
    ("k8s", "eks cluster"),
    ("userpool", "cognito userpool"),
];

/// The best `limit` names for `text`.
pub(crate) fn search(names: &[&'static str], text: &str, limit: usize) -> Vec<Hit> {
    let text = text.trim().to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "aws");
    let words: Vec<Word<'_>> = words.map(Word::of).collect();
    let mut hits: Vec<Hit> = Vec::new();
    let mut lower = String::new();
    for name in names {
        lower.clear();
        lower.push_str(name);
        lower.make_ascii_lowercase();
        let score = score(&lower, &text, &words);
        if score > 0 {
            hits.push(Hit { name, score: score + popularity(name) });
        }
    }
    hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.len().cmp(&b.name.len())).then_with(|| a.name.cmp(b.name)));
    hits.truncate(limit);
    hits
}

/// A word of what was typed, and what else people mean by it.
struct Word<'t> {
    typed: &'t str,
    meant: Option<&'static str>,
}

impl<'t> Word<'t> {
    fn of(typed: &'t str) -> Self {
        Word { typed, meant: ALIASES.iter().find(|(short, _)| *short == typed).map(|(_, meant)| *meant) }
    }
}

/// The name nearest to one that is none.
pub(crate) fn suggest(names: &[&'static str], name: &str) -> Option<&'static str> {
    if let Some(found) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return Some(found);
    }
    // `S3::Bucket` and `Bucket` lack only what everybody leaves out.
    let tail = format!("::{name}");
    let mut ends: Vec<&&'static str> = names.iter().filter(|known| ends_with(known, &tail)).collect();
    ends.sort_by_key(|known| (std::cmp::Reverse(popularity(known)), known.len()));
    if let Some(found) = ends.first() {
        return Some(found);
    }
    let near = cloudc_base::suggest::nearest(name, names.iter().copied());
    near.and_then(|found| names.iter().find(|known| **known == found).copied())
        .or_else(|| search(names, name, 1).first().filter(|hit| hit.score >= 400).map(|hit| hit.name))
}

/// Whether a name ends in these letters, in upper or lower case.
fn ends_with(name: &str, tail: &str) -> bool {
    let start = name.len().checked_sub(tail.len());
    start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(tail))
}

fn popularity(name: &str) -> u32 {
    let service = name.split("::").nth(1).unwrap_or("");
    POPULAR.iter().position(|popular| *popular == service).map_or(0, |at| 60 - 2 * at as u32)
}

fn score(name: &str, text: &str, words: &[Word<'_>]) -> u32 {
    if name == text {
        return 2000;
    }
    if words.is_empty() {
        return 0;
    }
    if name.starts_with(text) && text.len() > 2 {
        return 1500 - (name.len() - text.len()).min(100) as u32;
    }
    let mut total = 0;
    for word in words {
        let direct = word_score(name, word.typed);
        match direct.max(word.meant.map_or(0, |meant| alias_score(name, meant))) {
            0 => return 0,
            best => total += best,
        }
    }
    total / words.len() as u32
}

/// How well the words of an alias fit, all of them.
fn alias_score(name: &str, meant: &str) -> u32 {
    let (mut total, mut count) = (0, 0);
    for word in meant.split(' ') {
        match word_score(name, word) {
            0 => return 0,
            score => total += score,
        }
        count += 1;
    }
    total / count + 20
}

/// How well one word fits the service or the type's own name; the type's own name counts more.
fn word_score(name: &str, word: &str) -> u32 {
    let mut best = 0;
    let mut parts = name.split("::").skip(1).peekable();
    while let Some(part) = parts.next() {
        let score = if part == word {
            600
        } else if part.starts_with(word) {
            480 - (part.len() - word.len()).min(80) as u32
        } else if part.ends_with(word) {
            400 - (part.len() - word.len()).min(80) as u32
        } else if part.contains(word) {
            300 - (part.len() - word.len()).min(80) as u32
        } else if word.len() >= 4 && cloudc_base::suggest::nearest(word, [part]).is_some() {
            250
        } else if word.len() >= 3 && subsequence(part, word) {
            100
        } else {
            0
        };
        let last = parts.peek().is_none();
        best = best.max(if last || score == 0 { score } else { score.saturating_sub(100).max(50) });
    }
    best
}

/// The letters of `word` occur in `part` in order, starting with the first.
fn subsequence(part: &str, word: &str) -> bool {
    let mut letters = part.chars();
    part.chars().next() == word.chars().next() && word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
