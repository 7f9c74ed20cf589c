//! Resources that refer to one another and do not fit together.
//!
//! In: the graph. Out: problems. Always: only properties that are known decide, on both sides of choices, and only where the
//! choices can be made together. Each rule says where AWS asks for it.

use cloudc_eval::{Cond, Expr, Node, Value, property};
use cloudc_hir::Problem;

use crate::choices::{Choice, choices};
use crate::edges::{Edge, Graph};

const MISFIT: &str = "C0604";

/// A reference in a property.
struct Pair<'g, 'db> {
    graph: &'g Graph<'db>,
    edge: &'g Edge,
    cond: Cond,
}

/// Tells everything that does not fit.
pub fn report(graph: &Graph<'_>, problems: &mut Vec<Problem>) {
    for edge in &graph.edges {
        let Some(link) = edge.link.as_ref() else { continue };
        let pair = Pair { graph, edge, cond: link.cond.clone() };
        let through = |name: &str| link.pointer.strip_prefix("/Properties/").is_some_and(|rest| rest.starts_with(name));
        match (graph.ty(edge.from), graph.ty(edge.to)) {
            ("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment") if through("DeploymentId") => pair.same_api(problems),
            ("AWS::ApiGateway::Method", "AWS::ApiGateway::Authorizer") if through("AuthorizerId") => pair.authorizer(problems),
            ("AWS::SQS::Queue", "AWS::SQS::Queue") if through("RedrivePolicy") => pair.dead_letters(problems),
            ("AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue") if through("EventSourceArn") => pair.batch(problems),
            ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster") if through("DBClusterIdentifier") => pair.engine(problems),
            ("AWS::ECS::Service", "AWS::ECS::TaskDefinition") if through("TaskDefinition") => pair.task(problems),
            ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ParameterGroup") if through("CacheParameterGroupName") => {
                pair.cluster(problems);
            }
            _ => {}
        }
    }
}

impl Pair<'_, '_> {
    fn from(&self, name: &str) -> Vec<Choice> {
        choices(&property(self.graph.db, self.graph.members[self.edge.from].site, name.into()).node)
    }

    fn to(&self, name: &str) -> Vec<Choice> {
        choices(&property(self.graph.db, self.graph.members[self.edge.to].site, name.into()).node)
    }

    /// Both sides at once, where they can be.
    fn meet(&self, from: &str, to: &str) -> Vec<(Node, Node)> {
        let others = self.to(to);
        let mut found = Vec::new();
        for own in self.from(from) {
            for other in &others {
                if !Cond::and([self.cond.clone(), own.cond.clone(), other.cond.clone()]).is_false() {
                    found.push((own.node.clone(), other.node.clone()));
                }
            }
        }
        found
    }

    fn problem(&self, at: &Node, message: String, other: &Node, says: &str) -> Problem {
        let here = self.graph.members[self.edge.from].site.decl(self.graph.db);
        // What stands elsewhere, in a `let`, is shown at the reference.
        let link = self.edge.link.as_ref().map_or(at.src, |link| link.site);
        let place = if at.src.decl == here { at.src } else { link };
        Problem::error(MISFIT, place.anchor(), message).related(other.src.anchor(), says.to_owned())
    }

    /// A stage serves a deployment of its own API.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-stage.html>
    fn same_api(&self, problems: &mut Vec<Problem>) {
        let differ = |own: &Value, other: &Value| match (own, other) {
            (Value::Str(own), Value::Str(other)) => own != other,
            _ => matches!((resource(own), resource(other)), (Some(own), Some(other)) if own != other),
        };
        if let Some((own, other)) =
            self.meet("RestApiId", "RestApiId").into_iter().find(|(own, other)| differ(&own.value, &other.value))
        {
            let message = "the stage is of one API, and its deployment of another".to_owned();
            problems.push(self.problem(&own, message, &other, "the deployment's API"));
        }
    }

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-method.html>
    fn authorizer(&self, problems: &mut Vec<Problem>) {
        for (own, other) in self.meet("AuthorizationType", "Type") {
            let (Some(asked), Some(ty)) = (own.value.as_str(), other.value.as_str()) else { continue };
            let fits = match asked {
                "CUSTOM" => ty != "COGNITO_USER_POOLS",
                "COGNITO_USER_POOLS" => ty == asked,
                _ => true,
            };
            if !fits {
                let message = format!("`AuthorizationType` is `{asked:?}`, and the authorizer is a `{ty:?}`");
                problems.push(self.problem(&own, message, &other, "the authorizer's type"));
                return;
            }
        }
    }

    /// A FIFO queue has a FIFO queue for dead letters, and a standard queue a standard one.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
    fn dead_letters(&self, problems: &mut Vec<Problem>) {
        let fifo = |choices: Vec<Choice>| match &choices[..] {
            [Choice { node, .. }] => match &node.value {
                Value::None => Some(false),
                value => truth(value),
            },
            _ => None,
        };
        if let (Some(own), Some(other)) = (fifo(self.from("FifoQueue")), fifo(self.to("FifoQueue")))
            && own != other
            && let Some(link) = &self.edge.link
        {
            let kind = |fifo| if fifo { "FIFO" } else { "standard" };
            let message = format!("a {} queue has a {} queue for its dead letters", kind(own), kind(other));
            let problem = Problem::error(MISFIT, link.src.anchor(), message);
            problems.push(problem.help(format!("give it a {} queue", kind(own))));
        }
    }

    /// Batches of a FIFO queue are of ten messages at most.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
    fn batch(&self, problems: &mut Vec<Problem>) {
        for (own, other) in self.meet("BatchSize", "FifoQueue") {
            if let Some(size) = number(&own.value).filter(|size| *size > 10 && truth(&other.value) == Some(true)) {
                let message = format!("a FIFO queue gives at most 10 messages at once, and `BatchSize` is {size}");
                problems.push(self.problem(&own, message, &other, "a FIFO queue"));
                return;
            }
        }
    }

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-dbinstance.html>
    fn engine(&self, problems: &mut Vec<Problem>) {
        for (own, other) in self.meet("Engine", "Engine") {
            let (Some(engine), Some(whole)) = (own.value.as_str(), other.value.as_str()) else { continue };
            if !engine.eq_ignore_ascii_case(whole) {
                let message = format!("the instance runs `{engine:?}`, and its cluster `{whole:?}`");
                problems.push(self.problem(&own, message, &other, "the cluster's engine"));
                return;
            }
        }
    }

    /// What a service asks of its tasks.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>
    fn task(&self, problems: &mut Vec<Problem>) {
        let network = self.to("NetworkMode");
        let own = self.from("NetworkConfiguration");
        if let ([Choice { node: mode, .. }], [Choice { node: Node { value: Value::None, .. }, .. }]) = (&network[..], &own[..])
            && mode.value.as_str() == Some("awsvpc")
            && let Some(link) = &self.edge.link
        {
            let message = "a service of tasks in the mode `awsvpc` needs `NetworkConfiguration`".to_owned();
            problems.push(Problem::error(MISFIT, link.src.anchor(), message).related(mode.src.anchor(), "the mode of the tasks"));
        }
        for (own, other) in self.meet("LaunchType", "RequiresCompatibilities") {
            let Value::List(kinds) = &other.value else { continue };
            let known = kinds.iter().all(|kind| kind.value.as_str().is_some());
            if own.value.as_str() == Some("FARGATE") && known && !kinds.iter().any(|kind| kind.value.as_str() == Some("FARGATE"))
            {
                let message = "the service runs on Fargate, and its tasks are not made for it".to_owned();
                let problem = self.problem(&own, message, &other, "what the tasks are made for");
                problems.push(problem.help("add `FARGATE` to `RequiresCompatibilities`"));
                return;
            }
        }
    }

    /// Redis in cluster mode fails over by itself, so it has more than one node.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-elasticache-replicationgroup.html>
    fn cluster(&self, problems: &mut Vec<Problem>) {
        let mut modes = Vec::new();
        for parameters in self.to("Properties") {
            let Value::Record(fields) = &parameters.node.value else { continue };
            let Some(field) = fields.iter().find(|field| field.name == "cluster-enabled") else { continue };
            modes.extend(choices(&field.node).into_iter().filter(|mode| mode.node.value.as_str() == Some("yes")));
        }
        let Some(link) = &self.edge.link else { return };
        for mode in modes {
            let when = |choice: &Choice| Cond::and([self.cond.clone(), mode.cond.clone(), choice.cond.clone()]);
            let off = self.from("AutomaticFailoverEnabled");
            if let Some(off) = off.iter().find(|off| truth(&off.node.value) == Some(false) && !when(off).is_false()) {
                let message = "a cluster fails over by itself, and `AutomaticFailoverEnabled` is false".to_owned();
                let problem = self.problem(&off.node, message, &mode.node, "this makes it a cluster");
                problems.push(problem.related(link.site.anchor(), "through this group of parameters"));
                return;
            }
            let single = |choice: &Choice| match &choice.node.value {
                Value::None => true,
                value => number(value).is_some_and(|count| count <= 1),
            };
            let shards = self.from("NumNodeGroups").iter().all(|choice| choice.node.value == Value::None);
            if shards && self.from("NumCacheClusters").iter().any(|choice| single(choice) && !when(choice).is_false()) {
                let message = "a cluster has more than one node".to_owned();
                let problem = Problem::error(MISFIT, link.src.anchor(), message);
                let problem = problem.related(mode.node.src.anchor(), "this makes it a cluster");
                problems.push(problem.help("give `NumNodeGroups`, or a `NumCacheClusters` of at least 2"));
                return;
            }
        }
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => value.as_str().and_then(|text| text.parse().ok()),
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => value.as_str()?.parse().ok(),
    }
}

/// The resource that a value stands for.
fn resource(value: &Value) -> Option<cloudc_eval::Site> {
    match value {
        Value::Handle(site) => Some(*site),
        Value::Deploy(expr) => match &**expr {
            Expr::Ref(site) => Some(*site),
            _ => None,
        },
        _ => None,
    }
}
