//! Prints a type: `cargo run -p cloudc-schema --example show -- AWS::S3::Bucket [Definition]`.
#![allow(clippy::print_stdout)]

fn main() {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_else(|| "AWS::SQS::Queue".to_owned());
    let definition = args.next();
    let schema = cloudc_schema::Schema::embedded();
    let options = cloudc_schema::ShowOptions { definition: definition.as_deref(), ..Default::default() };
    match schema.ty(&name).and_then(|ty| cloudc_schema::show(ty, &options)) {
        Some(text) => print!("{text}"),
        None => println!("there is no {name}; did you mean {:?}?", schema.suggest(&name)),
    }
}
