//! What follows from the identifier of something that is in the account already.
//!
//! In: the type, the identifier, an attribute's name. Out: its value where the identifier decides it. Always: nothing is looked
//! up; formats are those of <https://docs.aws.amazon.com/service-authorization/latest/reference/>.

use cloudc_hir::{Decl, Name};
use cloudc_types::typed::Pseudo;
use cloudc_types::{Kind, declared_type};

use crate::Db;
use crate::values::{Expr, Node, Src, Value};

/// ARN formats by type: `{p}` partition, `{r}` region, `{a}` account, `{id}` the identifier.
const FORMATS: &[(&str, &str, &str)] = &[
    ("AWS::CodeCommit::Repository", "Arn", "arn:{p}:codecommit:{r}:{a}:{id}"),
    ("AWS::DynamoDB::Table", "Arn", "arn:{p}:dynamodb:{r}:{a}:table/{id}"),
    ("AWS::ECR::Repository", "Arn", "arn:{p}:ecr:{r}:{a}:repository/{id}"),
    ("AWS::ECS::Cluster", "Arn", "arn:{p}:ecs:{r}:{a}:cluster/{id}"),
    ("AWS::EFS::FileSystem", "Arn", "arn:{p}:elasticfilesystem:{r}:{a}:file-system/{id}"),
    ("AWS::Events::EventBus", "Arn", "arn:{p}:events:{r}:{a}:event-bus/{id}"),
    ("AWS::KMS::Key", "Arn", "arn:{p}:kms:{r}:{a}:key/{id}"),
    ("AWS::Kinesis::Stream", "Arn", "arn:{p}:kinesis:{r}:{a}:stream/{id}"),
    ("AWS::KinesisFirehose::DeliveryStream", "Arn", "arn:{p}:firehose:{r}:{a}:deliverystream/{id}"),
    ("AWS::Lambda::Function", "Arn", "arn:{p}:lambda:{r}:{a}:function:{id}"),
    ("AWS::Logs::LogGroup", "Arn", "arn:{p}:logs:{r}:{a}:log-group:{id}:*"),
    ("AWS::S3::Bucket", "Arn", "arn:{p}:s3:::{id}"),
    ("AWS::S3::Bucket", "DomainName", "{id}.s3.{u}"),
    ("AWS::S3::Bucket", "RegionalDomainName", "{id}.s3.{r}.{u}"),
];

/// The attribute, when it follows from the identifier.
pub fn follows(db: &dyn Db, decl: Decl, identifier: &Node, attr: &Name, src: Src) -> Option<Node> {
    let Kind::Handle(ty) = declared_type(db, decl).0.as_ref()?.kind else { return None };
    if ty.ref_ident().attr == attr.as_str() || ty.primary_identifier() == [attr.as_str()] {
        return Some(identifier.clone());
    }
    if attr == "Arn" && identifier.value.as_str().is_some_and(|text| text.starts_with("arn:")) {
        return Some(identifier.clone());
    }
    let (.., format) = FORMATS.iter().find(|(of, name, _)| *of == ty.name() && *name == attr.as_str())?;
    Some(filled(format, identifier, src))
}

fn filled(format: &str, identifier: &Node, src: Src) -> Node {
    let mut parts = Vec::new();
    for (at, piece) in format.split('{').enumerate() {
        let (hole, text) =
            if at == 0 { (None, piece) } else { piece.split_once('}').map_or((None, piece), |(h, t)| (Some(h), t)) };
        let pseudo = |pseudo| src.node(Value::deploy(Expr::Pseudo(pseudo)));
        match hole {
            Some("p") => parts.push(pseudo(Pseudo::Partition)),
            Some("r") => parts.push(pseudo(Pseudo::Region)),
            Some("a") => parts.push(pseudo(Pseudo::AccountId)),
            Some("u") => parts.push(pseudo(Pseudo::UrlSuffix)),
            Some(_) => parts.push(identifier.clone()),
            None => {}
        }
        if !text.is_empty() {
            parts.push(src.node(Value::text(text)));
        }
    }
    src.node(Value::deploy(Expr::Concat(joined(parts))))
}

/// Constant neighbours as one piece, as a concatenation promises.
fn joined(parts: Vec<Node>) -> Vec<Node> {
    let mut pieces: Vec<Node> = Vec::new();
    for part in parts {
        let before = pieces.last().and_then(|node| node.value.as_str()).map(str::to_owned);
        match (before, part.value.as_str()) {
            (Some(before), Some(text)) => {
                let last = pieces.len() - 1;
                pieces[last].value = Value::text(before + text);
            }
            _ => pieces.push(part),
        }
    }
    pieces
}

/// Whether an expression gives a list.
pub fn is_list(db: &dyn Db, expr: &Expr) -> bool {
    use crate::values::Op;
    match expr {
        Expr::Call(Op::Split | Op::Cidr | Op::Zones, _) => true,
        Expr::Pseudo(Pseudo::Zones | Pseudo::NotificationArns) => true,
        Expr::Param(site) => crate::params::param_shape(db, site.decl(db)).list,
        Expr::If(_, then, otherwise) => [then, otherwise].into_iter().any(|node| match &node.value {
            Value::List(_) => true,
            Value::Deploy(expr) => is_list(db, expr),
            _ => false,
        }),
        _ => false,
    }
}
