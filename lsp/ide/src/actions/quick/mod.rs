//! Fixes for mistakes whose diagnostics bring none: one line a code in [`MENDERS`], one function a kind of mistake.

mod attributes;
mod declarations;
mod entries;
mod syntax;
mod values;

use cloudc_base::{Diagnostic, Edit, TextRange, TextSize};
use cloudc_syntax::SyntaxNode;

use super::context::Ctx;
use super::{Acc, Offer};

/// One way to mend a mistake.
struct Mend {
    title: String,
    edits: Vec<Edit>,
}

type Mender = fn(&Place<'_>) -> Vec<Mend>;

/// What mends which code. Codes whose diagnostics bring a fix, and those of `import_name`, `match_arms`, `missing` and `suppress`, are not here.
const MENDERS: &[(&str, Mender)] = &[
    ("C0106", syntax::remove),
    ("C0108", syntax::add_else),
    ("C0109", syntax::parenthesise),
    ("C0110", syntax::remove_operator),
    ("C0111", declarations::add_name),
    ("C0112", declarations::add_type_of_default),
    ("C0114", syntax::end_comment),
    ("C0115", syntax::end_interpolation),
    ("C0117", syntax::colon_or_equals),
    ("C0120", attributes::remove_alone),
    ("C0122", syntax::split_comparison),
    ("C0202", declarations::rename_second),
    ("C0203", declarations::pass_in),
    ("C0205", values::member_of_module),
    ("C0206", entries::remove_entry),
    ("C0207", declarations::rename_second),
    ("C0208", declarations::rename_reserved),
    ("C0220", declarations::move_out),
    ("C0223", declarations::remove_item),
    ("C0241", values::call),
    ("C0298", declarations::add_stack),
    ("C0301", values::quote_or_not),
    ("C0302", declarations::add_type),
    ("C0305", values::into_text),
    ("C0306", values::other_name),
    ("C0307", values::not_called),
    ("C0308", values::add_arguments),
    ("C0309", values::optional),
    ("C0311", entries::remove_pattern),
    ("C0312", values::one_of),
    ("C0313", values::one_of),
    ("C0314", values::one_of_keys),
    ("C0316", values::into_range),
    ("C0320", declarations::param_to_input),
    ("C0322", declarations::param_to_input),
    ("C0323", values::without_default),
    ("C0324", declarations::add_by),
    ("C0340", attributes::nearest),
    ("C0341", attributes::add_id_text),
    ("C0342", attributes::remove),
    ("C0345", values::logical_id),
    ("C0352", values::nearest_listed),
    ("C0355", entries::choose_value),
    ("C0357", declarations::remove_as),
    ("C0358", entries::remove_element),
    ("C0359", values::reference),
    ("C0360", values::did_you_mean),
    ("C0361", declarations::remove_with),
    ("C0370", declarations::make_input),
    ("C0382", declarations::remove_type_arguments),
    ("C0383", declarations::swap_bounds),
    ("C0403", entries::remove_entry),
    ("C0404", entries::add_one_of),
    ("C0405", values::one_of),
    ("C0406", values::add_prefix),
    ("C0407", values::into_range),
    ("C0409", values::nearest_listed),
    ("C0414", values::did_you_mean),
    ("C0416", entries::add_part),
    ("C0502", declarations::add_by),
    ("C0503", values::floor),
    ("C0504", values::round_up),
    ("C0510", attributes::add_id),
    ("C0514", entries::remove_entry),
    ("C0519", entries::remove_entry),
    ("C0710", attributes::other_export),
];

/// Offers what mends the mistakes at the selection.
pub(crate) fn quick(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for told in ctx.diagnostics.iter().filter(|told| told.fixes.is_empty()) {
        let Some((_, mender)) = MENDERS.iter().find(|(code, _)| *code == told.code.0) else { continue };
        let Some(near) = crate::near::near(ctx.db, ctx.file, told.range.start()) else { continue };
        let place = Place { ctx: Ctx { near, ..super::inline_let::rebased(ctx) }, told };
        let ways = mender(&place);
        let only = ways.len() == 1;
        for (at, way) in ways.into_iter().enumerate() {
            let offer = Offer::fix(&format!("quick{at}"), told, way.title);
            let offer = if only { offer.preferred() } else { offer };
            acc.add(offer, |changes| changes.edits = way.edits);
        }
    }
}

/// A mistake and where it is.
struct Place<'a> {
    ctx: Ctx<'a>,
    told: &'a Diagnostic,
}

impl Place<'_> {
    /// What is underlined.
    fn text(&self) -> &str {
        self.ctx.text(self.told.range)
    }

    /// The node that is underlined; of several the innermost.
    fn node(&self) -> SyntaxNode {
        let mut node = self.ctx.near.covering(self.ctx.db, self.told.range);
        while let Some(inner) = node.children().find(|child| child.text_range() == node.text_range()) {
            node = inner;
        }
        node
    }

    /// One edit of the file.
    fn replace(&self, range: TextRange, insert: impl Into<String>) -> Edit {
        Edit { file: self.ctx.file, range, insert: insert.into() }
    }

    /// Replaces what is underlined.
    fn instead(&self, title: impl Into<String>, insert: impl Into<String>) -> Vec<Mend> {
        one(title, vec![self.replace(self.told.range, insert)])
    }

    /// Puts a text at an offset.
    fn insert(&self, title: impl Into<String>, at: TextSize, insert: impl Into<String>) -> Vec<Mend> {
        one(title, vec![self.replace(TextRange::empty(at), insert)])
    }

    /// The texts in backticks of the help, and those of the notes.
    fn hints(&self) -> impl Iterator<Item = &str> {
        self.told.help.iter().chain(&self.told.notes).map(String::as_str)
    }
}

/// The only way.
fn one(title: impl Into<String>, edits: Vec<Edit>) -> Vec<Mend> {
    vec![Mend { title: title.into(), edits }]
}

/// No way.
fn none() -> Vec<Mend> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::check_action;

    fn check_quick(code: &str, before: &str, after: &str) {
        check_action(&format!("quick0:{code}"), before, after);
    }

    #[test]
    fn text() {
        check_quick("C0106", "let _a = 1 $0§\n", "let _a = 1\n");
        check_quick(
            "C0108",
            "stack t {}\ninput p: Bool = true\nlet _s = $0if p { 4 }\n",
            "stack t {}\ninput p: Bool = true\nlet _s = if p { 4 } else { none }\n",
        );
        check_quick("C0122", "let n = 2\nlet _i = 1 < n $0< 3\n", "let n = 2\nlet _i = 1 < n && n < 3\n");
    }

    #[test]
    fn declarations() {
        check_quick(
            "C0202",
            "stack t {}\nresource a: AWS::S3::Bucket {}\nresource $0a: AWS::SNS::Topic {}\n",
            "stack t {}\nresource a: AWS::S3::Bucket {}\nresource a2: AWS::SNS::Topic {}\n",
        );
        check_quick(
            "C0203",
            "stack t {}\nparam stage: String\ncomponent Thing {\n  output s = $0stage\n}\nresource a: Thing {}\nresource b: Thing {}\n",
            "stack t {}\nparam stage: String\ncomponent Thing {\n  input stage: String\n  output s = stage\n}\nresource a: Thing { stage: stage }\nresource b: Thing { stage: stage }\n",
        );
        check_quick(
            "C0203",
            "stack t {}\nparam stage: String\nfn f(a: Int): String = \"${a}${$0stage}\"\noutput b = f(1)\n",
            "stack t {}\nparam stage: String\nfn f(a: Int, stage: String): String = \"${a}${stage}\"\noutput b = f(1, stage)\n",
        );
        check_quick(
            "C0320",
            "stack t {}\nparam count: Int = 2\nfor i in $0range(count) {\n  resource a: AWS::SNS::Topic { DisplayName: \"${i}\" }\n}\n",
            "stack t {}\ninput count: Int = 2\nfor i in range(count) {\n  resource a: AWS::SNS::Topic { DisplayName: \"${i}\" }\n}\n",
        );
        check_quick(
            "C0324",
            "stack t {}\nfor x in $0[{ name: \"a\" }, { name: \"b\" }] {\n  resource a: AWS::SNS::Topic { TopicName: x.name }\n}\n",
            "stack t {}\nfor x in [{ name: \"a\" }, { name: \"b\" }] by x.name {\n  resource a: AWS::SNS::Topic { TopicName: x.name }\n}\n",
        );
    }

    #[test]
    fn values() {
        check_quick("C0301", "let _a: Int = $0\"4\"\n", "let _a: Int = 4\n");
        check_quick("C0305", "let _a = $0\"node-\" + 4\n", "let _a = \"node-${4}\"\n");
        check_quick(
            "C0308",
            "fn add(a: Int, b: String): String = \"${a}${b}\"\nlet _x = $0add(1)\n",
            "fn add(a: Int, b: String): String = \"${a}${b}\"\nlet _x = add(1, \"\")\n",
        );
        check_quick("C0312", "let _s: \"dev\" | \"prod\" = $0\"x\"\n", "let _s: \"dev\" | \"prod\" = \"dev\"\n");
        check_quick(
            "C0407",
            "stack t {}\nresource q: AWS::SQS::Queue { DelaySeconds: $01000 }\n",
            "stack t {}\nresource q: AWS::SQS::Queue { DelaySeconds: 900 }\n",
        );
        check_quick(
            "C0503",
            "stack t {}\ninput s: Int = 7\noutput half = \"${$0s / 2}\"\n",
            "stack t {}\ninput s: Int = 7\noutput half = \"${(s / 2).floor()}\"\n",
        );
    }

    #[test]
    fn attributes() {
        check_quick(
            "C0340",
            "stack t {}\n$0@retian\nresource a: AWS::SNS::Topic {}\n",
            "stack t {}\n@retain\nresource a: AWS::SNS::Topic {}\n",
        );
        check_quick(
            "C0510",
            "stack t {}\nresource my_topic: AWS::SNS::Topic {}\nresource $0myTopic: AWS::SNS::Topic {}\n",
            "stack t {}\nresource my_topic: AWS::SNS::Topic {}\n@id(\"MyTopic2\")\nresource myTopic: AWS::SNS::Topic {}\n",
        );
    }

    #[test]
    fn entries() {
        check_quick("C0206", "let _a = { b: 1, $0b: 2 }\n", "let _a = { b: 1 }\n");
        check_quick(
            "C0311",
            "stack t {}\ninput s: \"a\" | \"b\" = \"a\"\nlet _n = match s { \"a\" => 1, \"b\" => 3, $0\"a\" => 2 }\n",
            "stack t {}\ninput s: \"a\" | \"b\" = \"a\"\nlet _n = match s { \"a\" => 1, \"b\" => 3 }\n",
        );
        check_quick(
            "C0404",
            "stack t {}\nresource v: $0AWS::EC2::VPC { EnableDnsSupport: true }\n",
            "stack t {}\nresource v: AWS::EC2::VPC { EnableDnsSupport: true, CidrBlock: 10.0.0.0/16 }\n",
        );
    }
}
